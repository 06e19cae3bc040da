"""The policy and the models that the tests of Django share."""

from __future__ import annotations

from tests.programs import assert_labels

POLICY = """
schema = 1

[pack]
name = "tests"

[[guard]]
id = "consent.field"
field = ["ai_consent"]
allows = ["ai"]

[[guard]]
id = "consent.opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai"]

[[guard]]
id = "consent.status"
field = ["consent_status"]
equals = ["granted"]
allows = ["ai"]

[[guard]]
id = "consent.time"
field = ["consented_at"]
set = true
allows = ["ai"]

[[guard]]
id = "consent.row"
row = ["consents.models.Consent"]
person = "user"
purpose = "purpose"
where = { withdrawn_at = "null" }

[[guard]]
id = "consent.grant"
row = ["consents.models.Grant"]
person = "member"
where = { granted = true }
allows = ["ai"]

[[guard]]
id = "consent.decorator"
decorator = ["consents.decorators.declared"]
purpose = "0"

[[record]]
model = ["people.models.Letter"]
subject = ["author"]

[purposes]
"assistant" = ["ai.inference"]
"newsletter" = []
"""

PEOPLE = """
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def consenting(self):
        return self.filter(ai_consent=True)

    def both(self):
        return self.active().consenting()

    def newest(self):
        return self.order_by("-date_joined").first()


class ConsentingManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(ai_consent=True)


class ExplicitManager(models.Manager):
    def get_queryset(self):
        return MemberQuerySet(self.model, using=self._db).consenting()


class PlainManager(models.Manager):
    def with_consent(self):
        return self.filter(ai_consent=True)

    def everybody(self):
        return self.all()

    def by_email(self, email):
        return self.get(email=email)


class User(AbstractUser):
    ai_consent = models.BooleanField(default=False)
    ai_opt_out = models.BooleanField(default=False)
    nullable_consent = models.BooleanField(null=True)
    consent_status = models.CharField(max_length=10, default="unknown")
    consented_at = models.DateTimeField(null=True)
    home_address = models.TextField()
    gender = models.CharField(max_length=1, choices=[("f", "female"), ("m", "male")])
    city = models.ForeignKey("people.City", null=True, on_delete=models.SET_NULL)
    mentor = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="pupils")
    friends = models.ManyToManyField("self")

    objects = UserManager.from_queryset(MemberQuerySet)()
    members = MemberQuerySet.as_manager()
    consenting = ConsentingManager()
    explicit = ExplicitManager()
    plain = PlainManager()

    @property
    def letterhead(self):
        return f"{self.first_name}, {self.home_address}"

    def may_be_sent(self):
        return self.is_active and self.ai_consent

    def __str__(self):
        return self.email


class City(models.Model):
    name = models.CharField(max_length=50)
    description = models.TextField()


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    biography = models.TextField()
    phone_number = models.CharField(max_length=20)
    ai_consent = models.BooleanField(default=False)


class Letter(models.Model):
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    addressee = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="inbox")
    message_body = models.TextField()


class Note(models.Model):
    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    private_message = models.TextField()
    ai_consent = models.BooleanField(default=False)
"""

CONSENTS = """
from django.conf import settings
from django.db import models


class ConsentQuerySet(models.QuerySet):
    def current(self):
        return self.filter(withdrawn_at__isnull=True)

    def of_purpose(self, purpose):
        return self.filter(purpose=purpose)


class Consent(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()


class Grant(models.Model):
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    granted = models.BooleanField(default=False)
"""

AI = """
from openai import OpenAI

client = OpenAI()


def ask(text):
    return client.responses.create(model="gpt-4o-mini", input=text)
"""

DECORATORS = """
import functools

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse


def declared(purpose):
    def decorate(view):
        @functools.wraps(view)
        def wrapper(request, *args, **kwargs):
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def consenting_only(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.ai_consent:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper


def counted(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.ai_consent:
            print("no consent")
        return view(request, *args, **kwargs)

    return wrapper
"""

FILES = {
    "settings.py": 'AUTH_USER_MODEL = "people.User"\nINSTALLED_APPS = ["people", "consents"]\n',
    "people/__init__.py": "",
    "people/models.py": PEOPLE,
    "consents/__init__.py": "",
    "consents/models.py": CONSENTS,
    "consents/decorators.py": DECORATORS,
    "ai.py": AI,
}


def check(text: str, name: str = "app.py", more: dict[str, str] | None = None, policy: str = POLICY) -> None:
    """A module of the program, whose labelled lines are those where findings start."""
    assert_labels({**FILES, **(more or {}), name: text}, policy)
