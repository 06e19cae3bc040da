"""Models of many shapes, Django's own user, and queries that go through functions."""

from __future__ import annotations

from tests.frameworks.django.policy import AI, POLICY, check
from tests.programs import assert_labels, check_program

STOCK = """
from django.contrib.auth.models import User
from django.db import models


class Profile(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE)
    phone_number = models.CharField(max_length=20)
    ai_consent = models.BooleanField(default=False)


class Note(models.Model):
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE, related_name="notes")
    private_message = models.TextField()
"""


def test_django_own_user() -> None:
    assert_labels(
        {
            "ai.py": AI,
            "people/__init__.py": "",
            "people/models.py": STOCK,
            "app.py": """
from ai import ask
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from people.models import Note, Profile

Member = get_user_model()

def queries():
    for user in User.objects.filter(profile__ai_consent=True):
        ask(user.email)
        ask(user.profile.phone_number)
    for user in User.objects.all():
        ask(user.email)  # expect: DU101
    for user in Member.objects.filter(is_active=True):
        ask(user.email)  # expect: DU101
    for profile in Profile.objects.filter(ai_consent=True).select_related("user"):
        ask(profile.phone_number)
        ask(profile.user.email)
    for note in Note.objects.filter(owner__profile__ai_consent=True):
        ask(note.private_message)
    for note in Note.objects.all():
        ask(note.private_message)  # expect: DU101

def view(request):
    if request.user.profile.ai_consent:
        ask(request.user.email)
        ask(request.POST["email"])
        for note in request.user.notes.all():
            ask(note.private_message)
    ask(request.user.get_full_name())  # expect: DU101

def one(user: User):
    ask(user.email)  # expect: DU101
    if user.profile.ai_consent:
        ask(user.first_name)
""",
        },
        POLICY,
    )


def test_shapes_of_models() -> None:
    check(
        """
from ai import ask
from django.contrib.postgres.fields import ArrayField
from django.db import models
from people.models import User


class Owned(models.Model):
    owner = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="%(class)s_items")
    ai_consent = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Diary(Owned):
    private_message = models.TextField()
    preferences = models.JSONField(default=dict)


class Page(models.Model):
    diary = models.ForeignKey("Diary", on_delete=models.CASCADE)
    private_message = models.TextField()


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    nullable = models.BooleanField(null=True)
    ai_consent = models.BooleanField(null=True)
    home_address = models.TextField()


def abstract(user: User):
    for diary in Diary.objects.filter(ai_consent=True):
        ask(diary.private_message)
    for diary in Diary.objects.all():
        ask(diary.private_message)  # expect: DU101
    if user.ai_consent:
        for diary in user.diary_items.all():
            ask(diary.private_message)
    for diary in user.diary_items.all():
        ask(diary.private_message)  # expect: DU101

def two_steps():
    for page in Page.objects.filter(diary__owner__ai_consent=True):
        ask(page.diary.private_message)

def nullable():
    for one in Membership.objects.exclude(ai_consent=False):
        ask(one.home_address)  # expect: DU101
    for one in Membership.objects.filter(ai_consent=True):
        ask(one.home_address)
    for one in Membership.objects.filter(ai_consent=True).exclude(nullable=False):
        ask(one.home_address)

def json():
    for diary in Diary.objects.filter(preferences__ai_consent=True):
        ask(diary.private_message)

def made(owner: User):
    diary = Diary.objects.create(owner=owner, private_message="hello")
    ask(diary.private_message)
    diary = Diary(owner=owner, private_message=owner.email)
    ask(diary.private_message)  # expect: DU101
"""
    )


def test_through_functions() -> None:
    check(
        """
from ai import ask
from asgiref.sync import sync_to_async
from consents.models import Consent
from django.db import transaction
from people.models import Letter, User

AGREED = User.objects.filter(ai_consent=True)
EVERYBODY = User.objects.all()

def send_all(users):
    for user in users:
        ask(user.email)

def agreed():
    return User.objects.filter(ai_consent=True)

def active(query):
    return query.filter(is_active=True)

def narrowed(query):
    return query.filter(ai_consent=True)

def callers():
    send_all(User.objects.filter(ai_consent=True))
    send_all(User.objects.all())  # expect: DU101
    send_all(agreed())
    send_all(active(agreed()))
    send_all(active(User.objects.all()))  # expect: DU101
    send_all(narrowed(User.objects.all()))
    send_all(AGREED)
    send_all(EVERYBODY)  # expect: DU101
    send_all(list(agreed()))
    send_all([user for user in User.objects.all() if user.ai_consent])
    send_all(filter(lambda user: user.ai_consent, User.objects.all()))

def generator():
    for user in User.objects.all().iterator():
        if user.ai_consent:
            yield user

def from_generator():
    send_all(generator())

def find(number):
    return User.objects.filter(pk=number).first()

def found(number, other):
    user = find(number)
    if user is None or not user.ai_consent:
        return
    ask(user.email)
    ask(find(other).email)  # expect: DU101

def require(user):
    if not Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None).exists():
        raise PermissionError

def required(user: User):
    require(user)
    ask(user.email)
    for letter in Letter.objects.filter(author=user):
        ask(letter.message_body)

def of_each():
    for user in User.objects.all():
        if not user.ai_consent:
            continue
        for letter in Letter.objects.filter(author=user):
            ask(letter.message_body)
        for letter in user.letters.all():
            ask(letter.message_body)
        for letter in user.inbox.all():
            ask(letter.message_body)  # expect: DU101

def instance(user):
    consent = Consent.objects.filter(user=user, purpose="assistant").first()
    if consent and consent.withdrawn_at is None:
        ask(user.email)
    if consent:
        ask(user.email)  # expect: DU101

async def later(number):
    user = await sync_to_async(User.objects.get)(pk=number)
    if user.ai_consent:
        ask(user.email)
    ask(user.email)  # expect: DU101

@transaction.atomic
def in_transaction(number):
    user = User.objects.select_for_update().get(pk=number)
    ask(user.email)  # expect: DU101

def by_name(username):
    if User.objects.get(username=username).ai_consent:
        ask(User.objects.get(username=username).email)

def changed(user: User):
    user.ai_consent = True
    user.save()
    return user
"""
    )


ODD = """
from ai import ask
from django.contrib.auth.decorators import user_passes_test
from django.db.models import Exists, OuterRef, Q, Subquery
from django.dispatch import Signal, receiver
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from people.models import User

signal = Signal()
path()
path("x")
method_decorator()
user_passes_test()


def odd(*args, **kwargs):
    User.objects.filter(*args, **kwargs).exclude(*args).get(**kwargs)
    User.objects.filter(Q(), Q(*args), Q(**kwargs), ~Q(), Q() | Q(), Exists(), OuterRef(), None, 3, "x")
    User.objects.filter(ai_consent__in=User, ai_consent=User, __x=1, ai_consent__=2)
    User.objects.values(*args)
    User.objects.values_list(*args, flat=True)[0]
    User.objects.values_list("email", "pk", flat=kwargs)
    User.objects.union(3, None).intersection()
    User.objects.annotate(*args, **kwargs).aggregate(1)
    User.objects.in_bulk()
    User.objects.contains()
    User.objects.latest().first()
    User.objects.get_or_create()
    User.objects["x"], User.objects.all()["x"], User.objects.all()[args]
    get_object_or_404()
    get_object_or_404(3, pk=4)
    get_object_or_404(*args, **kwargs)
    Subquery(OuterRef("x"))
    signal.send()
    signal.connect()
    receiver()(odd)
    (User.objects & 3) | (4 | User.objects.all())
    ~User


@receiver()
@method_decorator(3, name="dispatch")
@method_decorator([], name=3)
class Odd(View, View):
    @method_decorator()
    @method_decorator(None)
    def get(self):
        return super().get() + super().dispatch() + self.get_object() + self.as_view()()


class Loop(View):
    def dispatch(self, request):
        return self.get(request)

    def get(self, request):
        return self.dispatch(request)


class Meta(User):
    objects = User.objects
    Meta = 3

    def get_queryset(self):
        return self.get_queryset().get_queryset()
"""


def test_odd_code_is_no_error() -> None:
    from tests.frameworks.django.policy import FILES

    check_program({**FILES, "app.py": ODD}, POLICY)


BESIDE = """
from care.utils.models.base import BaseModel
from django import forms
from django.contrib.auth.models import User
from django.db import models


class Encounter(BaseModel):
    patient = models.ForeignKey(User, on_delete=models.CASCADE)
    transcript = models.TextField()
    text = models.TextField()
    ai_consent = models.BooleanField(default=False)


class Search(BaseModel):
    text = forms.CharField()
"""


def test_columns_make_a_model_whatever_it_derives_from() -> None:
    assert_labels(
        {
            "ai.py": AI,
            "people/__init__.py": "",
            "people/models.py": BESIDE,
            "app.py": """
from ai import ask
from people.models import Encounter, Search

def free(number):
    encounter = Encounter.objects.get(id=number)
    ask(encounter.transcript)  # expect: DU101
    ask(encounter.text)  # expect: DU101
    ask(Search(number).text)

def guarded(number):
    encounter = Encounter.objects.get(id=number)
    if encounter.patient.ai_consent:
        ask(encounter.text)
    for each in Encounter.objects.filter(ai_consent=True):
        ask(each.text)
    for each in Encounter.objects.filter(ai_consent=False):
        ask(each.text)  # expect: DU101
""",
        },
        POLICY,
    )
