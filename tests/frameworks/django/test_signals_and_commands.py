"""What Django calls beside views: receivers, commands, callbacks, middleware."""

from __future__ import annotations

from tests.frameworks.django.policy import check

IMPORTS = """
from ai import ask
from django.contrib.auth.signals import user_logged_in
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models.signals import post_save, pre_delete
from django.dispatch import Signal, receiver
from people.models import Letter, Note, User
"""


def test_signals() -> None:
    check(
        IMPORTS
        + """
changed = Signal()
agreed = Signal()
connected = Signal()
unsent = Signal()

@receiver(post_save, sender=Letter)
def unchecked(sender, instance, created, **kwargs):
    ask(instance.message_body)  # expect: DU101

@receiver(post_save, sender=Letter)
def checked(sender, instance, created, **kwargs):
    if instance.author.ai_consent:
        ask(instance.message_body)

@receiver([post_save, pre_delete], sender="people.Letter")
def several(sender, **kwargs):
    letter = kwargs["instance"]
    if letter.author.ai_consent:
        ask(letter.message_body)
    ask(letter.message_body)  # expect: DU101

@receiver(changed)
def on_change(sender, member, **kwargs):
    ask(member.email)

@receiver(agreed)
def on_agreement(sender, member, **kwargs):
    ask(member.email)

def on_connected(sender, member, **kwargs):
    ask(member.email)

connected.connect(on_connected)

@receiver(unsent)
def on_nothing(sender, member: User, **kwargs):
    ask(member.email)  # expect: DU101

def on_save(sender, instance, **kwargs):
    ask(instance.private_message)  # expect: DU101

post_save.connect(on_save, sender=Note)

@receiver(user_logged_in)
def on_login(sender, request, user, **kwargs):
    if user.ai_consent:
        ask(user.email)
    ask(user.home_address)  # expect: DU101
""",
        "handlers.py",
        {
            "senders.py": """
from handlers import agreed, changed, connected
from people.models import User


def change(user: User):
    changed.send(sender=User, member=user)  # expect: DU101


def agree(user: User):
    if user.ai_consent:
        agreed.send_robust(User, member=user)
        connected.send(sender=type(user), member=user)
    connected.send(sender=type(user), member=user)  # expect: DU101
"""
        },
    )


def test_commands_and_callbacks() -> None:
    check(
        IMPORTS
        + """
class Command(BaseCommand):
    def handle(self, *args, **options):
        for user in User.objects.filter(ai_consent=True):
            self.stdout.write(str(ask(user.email)))
        for user in User.objects.all():
            self.stdout.write(str(ask(user.email)))  # expect: DU101

def later(user: User):
    if user.ai_consent:
        transaction.on_commit(lambda: ask(user.email))
    transaction.on_commit(lambda: ask(user.email))  # expect: DU101
"""
    )


MIDDLEWARE = """
from django.http import JsonResponse


class ConsentMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return self.get_response(request)


class LenientMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/ai/") and not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return self.get_response(request)


class ViewMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return None


def consent_middleware(get_response):
    def middleware(request):
        if not request.user.ai_consent:
            return JsonResponse({}, status=403)
        return get_response(request)

    return middleware
"""

VIEW = """
from ai import ask
from django.views import View


def view(request):
    ask(request.user.email){0}


class ClassView(View):
    def get(self, request):
        ask(request.user.email){0}
"""


def _check_middleware(name: str, label: str) -> None:
    check(
        VIEW.format(label),
        "views.py",
        {
            "middleware.py": MIDDLEWARE,
            "settings.py": f"""
AUTH_USER_MODEL = "people.User"
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "{name}"]
""",
        },
    )


def test_middleware_that_refuses() -> None:
    _check_middleware("middleware.ConsentMiddleware", "")
    _check_middleware("middleware.ViewMiddleware", "")
    _check_middleware("middleware.consent_middleware", "")


def test_middleware_that_lets_some_through() -> None:
    _check_middleware("middleware.LenientMiddleware", "  # expect: DU101")
    _check_middleware("django.middleware.common.CommonMiddleware", "  # expect: DU101")
