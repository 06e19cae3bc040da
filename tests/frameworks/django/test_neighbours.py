"""Neighbours: records in templates, pages, loops, services; rows as functions hand them on."""

from __future__ import annotations

import pytest
from tests.frameworks.django.policy import check

IMPORTS = """
from ai import ask
from consents.models import Consent, Grant
from consents.decorators import consenting_only
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.core.serializers import serialize
from django.db.models import Prefetch, Q, Max, F
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views import View
from people.models import City, Letter, Note, Profile, User
"""


def test_ways_of_records():
    check(
        IMPORTS
        + """
def rendered(user: User):
    ask(render_to_string("letter.txt", {"user": user}))  # expect: DU101
    if user.ai_consent:
        ask(render_to_string("letter.txt", {"user": user}))

def paged(request):
    page = Paginator(User.objects.filter(ai_consent=True), 20).get_page(1)
    for user in page:
        ask(user.email)
    for user in Paginator(User.objects.all(), 20).get_page(1).object_list:
        ask(user.email)  # expect: DU101

def serialized():
    ask(serialize("json", User.objects.all()))  # expect: DU101
    ask(serialize("json", User.objects.filter(ai_consent=True)))

def dumped(user: User, note: Note):
    if note.owner.ai_consent:
        ask(str(note.__dict__))
        ask(repr(note))
    ask(str(vars(user)))  # expect: DU101

def owner(request, pk):
    note = get_object_or_404(Note, pk=pk, owner=request.user)
    if request.user.ai_consent:
        ask(note.private_message)
    ask(note.private_message)  # expect: DU101

def owner_tested(request, pk):
    note = get_object_or_404(Note, pk=pk)
    if note.owner != request.user:
        return JsonResponse({})
    if request.user.ai_consent:
        ask(note.private_message)

def owner_id_tested(request, pk):
    note = get_object_or_404(Note, pk=pk)
    if note.owner_id != request.user.id:
        return JsonResponse({})
    if not request.user.ai_consent:
        return JsonResponse({})
    ask(note.private_message)

def not_tested(request, pk):
    note = get_object_or_404(Note, pk=pk)
    if not request.user.ai_consent:
        return JsonResponse({})
    ask(note.private_message)  # expect: DU101

def prefetched():
    for user in User.objects.filter(ai_consent=True).prefetch_related("letters"):
        for letter in user.letters.all():
            ask(letter.message_body)
        ask("".join(letter.message_body for letter in user.letters.all()))
        ask("".join(letter.message_body for letter in user.inbox.all()))  # expect: DU101

def dictionary():
    texts = {user.pk: user.home_address for user in User.objects.filter(ai_consent=True)}
    ask(str(texts))
    texts = {user.pk: user.home_address for user in User.objects.all()}
    ask(str(texts))  # expect: DU101

def collected():
    prompts = []
    for user in User.objects.filter(ai_consent=True):
        prompts.append(user.home_address)
    ask("".join(prompts))

def switched(everybody):
    users = User.objects.all()
    if not everybody:
        users = users.filter(ai_consent=True)
    for user in users:
        ask(user.email)  # expect: DU101

def narrowed(staff):
    users = User.objects.filter(ai_consent=True)
    if staff:
        users = users.filter(is_staff=True)
    for user in users:
        ask(user.email)

def raw():
    for user in User.objects.raw("SELECT id, email FROM people_user"):
        ask(user.email)  # expect: DU101

def groups():
    for group in Group.objects.all():
        ask(group.name)

class Page(View):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.person = request.user

    def get(self, request):
        ask(self.person.email)  # expect: DU101
        if self.person.ai_consent:
            ask(self.person.email)

class Hidden(View):
    @consenting_only
    def unused(request):
        return None

    def get(self, request, **kwargs):
        user = get_object_or_404(User, pk=self.kwargs["pk"])
        if user.ai_consent:
            ask(user.email)
        pass
"""
    )


def test_ways_of_consents():
    check(
        IMPORTS
        + """
class Service:
    def __init__(self, user):
        self.user = user

    def allowed(self):
        return self.user.ai_consent

    def run(self):
        if self.allowed():
            ask(self.user.email)

    def run_all(self):
        ask(self.user.home_address)

def view(request):
    Service(request.user).run()
    Service(request.user).run_all()  # expect: DU101

def consents_of(user):
    return Consent.objects.filter(user=user, withdrawn_at__isnull=True)

def purposes(user: User):
    if "assistant" in consents_of(user).values_list("purpose", flat=True):
        ask(user.email)
    if consents_of(user).filter(purpose="assistant").exists():
        ask(user.email)
    if consents_of(user).exists():
        ask(user.email)  # expect: DU101

def get_or_none(user):
    try:
        return Consent.objects.get(user=user, purpose="assistant", withdrawn_at=None)
    except Consent.DoesNotExist:
        return None

def gotten(user: User):
    consent = get_or_none(user)
    if consent is None:
        return
    ask(user.email)

def all_of(user):
    if all(Consent.objects.filter(user=user, purpose=each, withdrawn_at=None).exists() for each in ("assistant",)):
        pass

def grants(user: User):
    if user.grant.granted:
        ask(user.email)

def grant_of(user: User):
    grant = Grant.objects.get(member=user)
    if grant.granted:
        ask(user.email)
    if not grant.granted:
        ask(user.email)  # expect: DU101

def everyone(request):
    if User.objects.filter(pk=request.user.pk, ai_consent=True).exists():
        ask(request.user.email)
    if User.objects.filter(pk=request.user.pk, is_active=True).exists():
        ask(request.user.email)  # expect: DU101
    if request.user in User.objects.filter(ai_consent=True):
        ask(request.user.email)

def row(number):
    row = User.objects.values("email", "ai_consent").get(pk=number)
    if row["ai_consent"]:
        ask(row["email"])
    ask(row["email"])  # expect: DU101
"""
    )


@pytest.mark.xfail(reason="fp: the id by which a record is taken from a dict of records is not followed")
def test_fp_record_from_a_dict_by_id() -> None:
    check(
        IMPORTS
        + """
def bulk():
    users = User.objects.in_bulk()
    for consent in Consent.objects.filter(purpose="assistant", withdrawn_at=None):
        ask(users[consent.user_id].email)
"""
    )


def test_consent_read_as_a_column() -> None:
    check(
        IMPORTS
        + """
def values_of(number):
    if User.objects.values_list("ai_consent", flat=True).get(pk=number):
        ask(User.objects.get(pk=number).email)
"""
    )
