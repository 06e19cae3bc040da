"""Query sets: which records they give, and what their conditions prove."""

from __future__ import annotations

from tests.frameworks.django.policy import check

IMPORTS = """
from ai import ask
from consents.models import Consent, Grant
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.shortcuts import get_list_or_404, get_object_or_404
from people.models import City, Letter, Note, Profile, User
"""


def test_filters_by_a_field() -> None:
    check(
        IMPORTS
        + """
def keyword():
    for user in User.objects.filter(ai_consent=True):
        ask(user.email)

def exact():
    for user in User.objects.filter(ai_consent__exact=True):
        ask(user.email)

def unpacked():
    for user in User.objects.filter(**{"ai_consent": True}):
        ask(user.email)

def refused():
    for user in User.objects.filter(ai_consent=False):
        ask(user.email)  # expect: DU101

def other_field():
    for user in User.objects.filter(is_active=True):
        ask(user.email)  # expect: DU101

def opted_out(flag):
    for user in User.objects.filter(ai_opt_out=False):
        ask(user.email)
    for user in User.objects.exclude(ai_opt_out=True):
        ask(user.email)
    for user in User.objects.filter(ai_opt_out=flag):
        ask(user.email)  # expect: DU101

def status():
    for user in User.objects.filter(consent_status="granted"):
        ask(user.email)
    for user in User.objects.filter(consent_status__in=["granted"]):
        ask(user.email)
    for user in User.objects.filter(consent_status__in=["granted", "asked"]):
        ask(user.email)  # expect: DU101
    for user in User.objects.exclude(consent_status="refused"):
        ask(user.email)  # expect: DU101

def time_stamp(now):
    for user in User.objects.filter(consented_at__isnull=False):
        ask(user.email)
    for user in User.objects.exclude(consented_at__isnull=True):
        ask(user.email)
    for user in User.objects.exclude(consented_at=None):
        ask(user.email)
    for user in User.objects.filter(consented_at__lte=now):
        ask(user.email)
    for user in User.objects.filter(consented_at__isnull=True):
        ask(user.email)  # expect: DU101

def excluded():
    for user in User.objects.exclude(ai_consent=False):
        ask(user.email)
    for user in User.objects.exclude(ai_consent=True):
        ask(user.email)  # expect: DU101
    for user in User.objects.exclude(ai_consent=False, is_active=False):
        ask(user.email)  # expect: DU101
    for letter in Letter.objects.exclude(addressee__ai_consent=False):
        ask(letter.addressee.email)  # expect: DU101
"""
    )


def test_q_objects() -> None:
    check(
        IMPORTS
        + """
CONSENTING = Q(ai_consent=True)

def conjunction():
    for user in User.objects.filter(Q(is_active=True) & Q(ai_consent=True)):
        ask(user.email)
    for user in User.objects.filter(Q(is_active=True), Q(ai_consent=True)):
        ask(user.email)
    for user in User.objects.filter(Q(is_active=True, ai_consent=True)):
        ask(user.email)
    for user in User.objects.filter(CONSENTING):
        ask(user.email)

def disjunction():
    for user in User.objects.filter(Q(is_staff=True) | Q(ai_consent=True)):
        ask(user.email)  # expect: DU101
    for user in User.objects.filter(Q(is_staff=True) | CONSENTING, is_active=True):
        ask(user.email)  # expect: DU101
    for user in User.objects.filter(Q(ai_consent=True, is_staff=True) | Q(ai_consent=True, is_active=True)):
        ask(user.email)

def negation():
    for user in User.objects.filter(~Q(ai_consent=False)):
        ask(user.email)
    for user in User.objects.filter(~Q(ai_consent=True)):
        ask(user.email)  # expect: DU101
    for user in User.objects.exclude(~Q(ai_consent=True)):
        ask(user.email)
    for user in User.objects.filter(~(Q(ai_consent=False) | Q(is_active=False))):
        ask(user.email)
    for user in User.objects.filter(~(Q(ai_consent=False) & Q(is_active=False))):
        ask(user.email)  # expect: DU101

def collected(staff):
    query = Q()
    query &= Q(ai_consent=True)
    if staff:
        query &= Q(is_staff=True)
    for user in User.objects.filter(query):
        ask(user.email)

def widened(staff):
    query = Q(ai_consent=True)
    if staff:
        query |= Q(is_staff=True)
    for user in User.objects.filter(query):
        ask(user.email)  # expect: DU101

def unknown(query):
    for user in User.objects.filter(query):
        ask(user.email)  # expect: DU101
    for user in User.objects.filter(query, ai_consent=True):
        ask(user.email)
"""
    )


def test_chains() -> None:
    check(
        IMPORTS
        + """
def chained():
    query = User.objects.filter(is_active=True)
    query = query.filter(ai_consent=True).order_by("pk").select_related("city").only("email")
    for user in query.distinct().iterator(chunk_size=100):
        ask(user.email)

def dropped():
    query = User.objects.all()
    query.filter(ai_consent=True)
    for user in query:
        ask(user.email)  # expect: DU101

def sliced():
    for user in User.objects.filter(ai_consent=True)[:20]:
        ask(user.email)
    for user in User.objects.order_by("pk")[:20]:
        ask(user.email)  # expect: DU101
    user = User.objects.filter(ai_consent=True)[0]
    ask(user.email)
    user = User.objects.all()[0]
    ask(user.email)  # expect: DU101

def one(number):
    user = User.objects.filter(ai_consent=True).first()
    if user:
        ask(user.email)
    user = User.objects.filter(ai_consent=True).order_by("pk").last()
    ask(user.email)
    ask(User.objects.filter(ai_consent=True).latest("date_joined").email)
    ask(User.objects.get(pk=number, ai_consent=True).email)
    ask(User.objects.filter(ai_consent=True).get(pk=number).email)
    ask(User.objects.get(pk=number).email)  # expect: DU101
    ask(User.objects.earliest("date_joined").email)  # expect: DU101

def shortcuts(number):
    ask(get_object_or_404(User, pk=number, ai_consent=True).email)
    ask(get_object_or_404(User.objects.filter(ai_consent=True), pk=number).email)
    ask(get_object_or_404(User, pk=number).email)  # expect: DU101
    for user in get_list_or_404(User, ai_consent=True):
        ask(user.email)
    for user in get_list_or_404(User.objects.all(), is_active=True):
        ask(user.email)  # expect: DU101

def put_together():
    consenting = User.objects.filter(ai_consent=True)
    staff = User.objects.filter(is_staff=True)
    for user in consenting.union(staff):
        ask(user.email)  # expect: DU101
    for user in consenting | staff:
        ask(user.email)  # expect: DU101
    for user in consenting & staff:
        ask(user.email)
    for user in consenting | User.objects.filter(ai_consent=True, is_staff=True):
        ask(user.email)
    for user in staff.difference(consenting):
        ask(user.email)  # expect: DU101

def bulk(numbers):
    for user in User.objects.filter(ai_consent=True).in_bulk(numbers).values():
        ask(user.email)
    for user in User.objects.in_bulk(numbers).values():
        ask(user.email)  # expect: DU101

def created(email):
    user, made = User.objects.get_or_create(email=email)
    ask(user.home_address)  # expect: DU101

def as_list():
    users = list(User.objects.filter(ai_consent=True))
    for user in sorted(users, key=lambda user: user.pk):
        ask(user.email)
    ask("\\n".join(user.email for user in users))
    ask("\\n".join(user.email for user in User.objects.all()))  # expect: DU101

def tested_in_the_loop():
    for user in User.objects.all():
        if user.ai_consent:
            ask(user.email)
        for other in User.objects.all():
            if user.ai_consent:
                ask(other.email)  # expect: DU101

async def asynchronous(number):
    async for user in User.objects.filter(ai_consent=True):
        ask(user.email)
    async for user in User.objects.all():
        ask(user.email)  # expect: DU101
    user = await User.objects.aget(pk=number)
    if user.ai_consent:
        ask(user.email)
    user = await User.objects.filter(ai_consent=True).afirst()
    if user is not None:
        ask(user.email)
    user = await User.objects.afirst()
    if user is not None:
        ask(user.email)  # expect: DU101
"""
    )


def test_managers() -> None:
    check(
        IMPORTS
        + """
def own_queryset():
    for user in User.consenting.all():
        ask(user.email)
    for user in User.consenting.filter(is_active=True):
        ask(user.email)
    ask(User.consenting.first().email)
    for user in User.explicit.all():
        ask(user.email)

def methods():
    for user in User.plain.with_consent():
        ask(user.email)
    for user in User.plain.everybody():
        ask(user.email)  # expect: DU101
    for user in User.members.consenting().active():
        ask(user.email)
    for user in User.objects.both():
        ask(user.email)
    for user in User.objects.active():
        ask(user.email)  # expect: DU101
    ask(User.objects.consenting().newest().email)  # expect: DU101
    for user in User.objects.filter(is_active=True).consenting():
        ask(user.email)

def default_manager():
    for user in User._default_manager.filter(ai_consent=True):
        ask(user.email)
    for user in User._default_manager.all():
        ask(user.email)  # expect: DU101

def by_email(email):
    user = User.plain.by_email(email)
    ask(user.home_address)  # expect: DU101
"""
    )


def test_across_relations() -> None:
    check(
        IMPORTS
        + """
def author():
    for letter in Letter.objects.filter(author__ai_consent=True):
        ask(letter.message_body)
    for letter in Letter.objects.filter(addressee__ai_consent=True):
        ask(letter.message_body)  # expect: DU101
    for letter in Letter.objects.select_related("author").exclude(author__ai_consent=False):
        ask(letter.message_body)

def of_user(user):
    if not user.ai_consent:
        return
    for letter in Letter.objects.filter(author=user):
        ask(letter.message_body)
    for letter in Letter.objects.filter(author_id=user.pk):
        ask(letter.message_body)
    for letter in Letter.objects.filter(author__id=user.id):
        ask(letter.message_body)
    for letter in Letter.objects.filter(addressee=user):
        ask(letter.message_body)  # expect: DU101
    for letter in Letter.objects.all():
        ask(letter.message_body)  # expect: DU101

def back(user: User):
    if not user.ai_consent:
        return
    for letter in user.letters.all():
        ask(letter.message_body)
    for letter in user.letters.filter(addressee__isnull=True).order_by("pk")[:3]:
        ask(letter.message_body)
    for letter in user.inbox.all():
        ask(letter.message_body)  # expect: DU101
    for note in user.note_set.all():
        ask(note.private_message)
    for pupil in user.pupils.all():
        ask(pupil.email)  # expect: DU101

def back_filtered(user: User):
    for pupil in user.pupils.filter(ai_consent=True):
        ask(pupil.email)
    for friend in user.friends.filter(ai_consent=True):
        ask(friend.email)
    for friend in user.friends.all():
        ask(friend.email)  # expect: DU101

def part(user: User):
    if user.profile.ai_consent:
        ask(user.profile.biography)
        ask(user.email)
    ask(user.profile.phone_number)  # expect: DU101

def by_part():
    for user in User.objects.filter(profile__ai_consent=True):
        ask(user.email)
    for profile in Profile.objects.filter(user__ai_consent=True):
        ask(profile.phone_number)

def own_field():
    for note in Note.objects.filter(ai_consent=True):
        ask(note.private_message)

def one_of_user(user):
    profile = Profile.objects.get(user=user)
    if user.ai_consent:
        ask(profile.phone_number)
    ask(profile.phone_number)  # expect: DU101
"""
    )


def test_rows() -> None:
    check(
        IMPORTS
        + """
def exists(user):
    if Consent.objects.filter(user=user, purpose="assistant", withdrawn_at__isnull=True).exists():
        ask(user.email)
    if Consent.objects.filter(user=user, purpose="newsletter", withdrawn_at__isnull=True).exists():
        ask(user.email)  # expect: DU101
    if Consent.objects.filter(user=user, purpose="assistant").exists():
        ask(user.email)  # expect: DU101
    if Consent.objects.filter(purpose="assistant", withdrawn_at__isnull=True).exists():
        ask(user.email)  # expect: DU101
    if not Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None).exists():
        return
    ask(user.email)

def methods(user):
    if Consent.objects.current().of_purpose("assistant").filter(user=user).exists():
        ask(user.email)
    if Consent.objects.of_purpose("newsletter").current().filter(user=user).exists():
        ask(user.email)  # expect: DU101

def related(user: User):
    if user.consents.filter(purpose="assistant", withdrawn_at__isnull=True).exists():
        ask(user.email)
    if user.consents.current().of_purpose("assistant").exists():
        ask(user.email)
    if user.consents.filter(withdrawn_at__isnull=True).exists():
        ask(user.email)  # expect: DU101

def by_id(user_id):
    if Consent.objects.filter(user_id=user_id, purpose="assistant", withdrawn_at__isnull=True).exists():
        ask(User.objects.get(pk=user_id).email)

def first(user):
    consent = Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None).first()
    if consent is None:
        return
    ask(user.email)

def counted(user):
    if Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None).count() > 0:
        ask(user.email)
    if Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None).count() == 0:
        ask(user.email)  # expect: DU101

def truth(user):
    if Consent.objects.filter(user=user, purpose="assistant", withdrawn_at=None):
        ask(user.email)

def fetched(user):
    try:
        Consent.objects.get(user=user, purpose="assistant", withdrawn_at__isnull=True)
    except Consent.DoesNotExist:
        return
    ask(user.email)

def granted(user):
    if Grant.objects.filter(member=user, granted=True).exists():
        ask(user.email)
    if Grant.objects.filter(member=user).exclude(granted=False).exists():
        ask(user.email)
    if Grant.objects.filter(member=user, granted=False).exists():
        ask(user.email)  # expect: DU101

def predicate(user, purpose):
    return Consent.objects.filter(user=user, purpose=purpose, withdrawn_at__isnull=True).exists()

def predicated(user):
    if predicate(user, "assistant"):
        ask(user.email)
    if predicate(user, "newsletter"):
        ask(user.email)  # expect: DU101

def subquery():
    current = Consent.objects.filter(user=OuterRef("pk"), purpose="assistant", withdrawn_at__isnull=True)
    for user in User.objects.filter(Exists(current)):
        ask(user.email)
    for user in User.objects.filter(~Exists(current)):
        ask(user.email)  # expect: DU101
    for user in User.objects.annotate(agreed=Exists(current)).filter(agreed=True):
        ask(user.email)
    for user in User.objects.annotate(agreed=Exists(current)):
        ask(user.email)  # expect: DU101

def members():
    agreed = Consent.objects.filter(purpose="assistant", withdrawn_at__isnull=True)
    for user in User.objects.filter(id__in=agreed.values("user_id")):
        ask(user.email)
    for user in User.objects.filter(pk__in=agreed.values_list("user_id", flat=True)):
        ask(user.email)
    for user in User.objects.filter(pk__in=Subquery(agreed.values("user"))):
        ask(user.email)
    for user in User.objects.exclude(pk__in=agreed.values("user_id")):
        ask(user.email)  # expect: DU101
    for letter in Letter.objects.filter(author__in=User.objects.filter(ai_consent=True)):
        ask(letter.message_body)
    for letter in Letter.objects.filter(author__in=User.objects.all()):
        ask(letter.message_body)  # expect: DU101
    for consent in agreed.select_related("user"):
        ask(consent.user.email)

def ids():
    agreed = set(Consent.objects.filter(purpose="assistant", withdrawn_at=None).values_list("user_id", flat=True))
    for user in User.objects.all():
        if user.id in agreed:
            ask(user.email)

def across():
    for user in User.objects.filter(consents__purpose="assistant", consents__withdrawn_at__isnull=True):
        ask(user.email)
    for user in User.objects.filter(consents__purpose="newsletter", consents__withdrawn_at__isnull=True):
        ask(user.email)  # expect: DU101
"""
    )


def test_columns() -> None:
    check(
        IMPORTS
        + """
def dicts():
    for row in User.objects.values("email", "pk"):
        ask(row["email"])  # expect: DU101
        ask(str(row["pk"]))
    for row in User.objects.filter(ai_consent=True).values("email"):
        ask(row["email"])
    for row in User.objects.values():
        ask(str(row))  # expect: DU101

def tuples():
    for email, number in User.objects.values_list("email", "pk"):
        ask(email)  # expect: DU101
    for row in User.objects.filter(ai_consent=True).values_list("email", "pk"):
        ask(row[0])
    for row in User.objects.values_list("email", named=True):
        ask(row.email)  # expect: DU101
    ask(",".join(User.objects.values_list("email", flat=True)))  # expect: DU101
    ask(",".join(User.objects.filter(ai_consent=True).values_list("email", flat=True)))
    ask(",".join(City.objects.values_list("name", flat=True)))
    ask(list(User.objects.values_list("email", flat=True))[0])  # expect: DU101

def across():
    for row in Letter.objects.values("author__email"):
        ask(row["author__email"])  # expect: DU101
    for row in Letter.objects.filter(author__ai_consent=True).values("author__email"):
        ask(row["author__email"])

def expressions():
    for user in User.objects.annotate(label=Concat("first_name", Value(" "), "last_name")):
        ask(user.label)  # expect: DU101
    for user in User.objects.filter(ai_consent=True).annotate(label=Concat("first_name", Value(" "), "last_name")):
        ask(user.label)
    for row in User.objects.values(address=F("home_address")):
        ask(row["address"])  # expect: DU101

def numbers():
    ask(str(User.objects.count()))
    ask(str(User.objects.filter(is_active=True).exists()))
    ask(str(User.objects.aggregate(total=Count("email"))["total"]))
    for row in Letter.objects.values("author__city__name").annotate(number=Count("id")):
        ask(f"{row['author__city__name']}: {row['number']}")
    ask(str(User.objects.dates("date_joined", "month")))
"""
    )


def test_records() -> None:
    check(
        IMPORTS
        + """
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict

Member = get_user_model()

def whole(user: User):
    ask(f"{user}")  # expect: DU101
    ask(str(user))  # expect: DU101
    ask(user.letterhead)  # expect: DU101
    ask(user.get_full_name())  # expect: DU101
    ask(user.get_gender_display())  # expect: DU101
    ask(str(model_to_dict(user, fields=["email"])))  # expect: DU101
    ask(str(model_to_dict(user, fields=["ai_consent", "pk"])))
    ask(f"{user.city.name}: {user.city.description}")

def tested(user: User):
    if user.may_be_sent():
        ask(f"{user}")
        ask(user.letterhead)
        ask(user.get_full_name())
        ask(user.get_gender_display())
        ask(str(model_to_dict(user)["email"]))

def of_the_settings(number):
    member = Member.objects.get(pk=number)
    ask(member.home_address)  # expect: DU101
    if member.ai_consent:
        ask(member.home_address)

def again(number):
    if User.objects.get(pk=number).ai_consent:
        ask(User.objects.get(pk=number).email)

def another(number, other):
    if User.objects.get(pk=number).ai_consent:
        ask(User.objects.get(pk=other).email)  # expect: DU101

def refreshed(user: User):
    if not user.ai_consent:
        return
    user.refresh_from_db()
    ask(user.email)

def of_the_mentor(user: User):
    if user.ai_consent:
        ask(user.mentor.email)  # expect: DU101
    if user.mentor.ai_consent:
        ask(user.mentor.email)

def by_id_of_relation(letter: Letter):
    author = User.objects.get(pk=letter.author_id)
    if author.ai_consent:
        ask(letter.message_body)
"""
    )


def test_rows_that_are_made_when_missing() -> None:
    check(
        IMPORTS
        + """
def made_by_ourselves(user: User):
    consent, made = Consent.objects.get_or_create(user=user, purpose="assistant", withdrawn_at=None)
    ask(user.email)  # expect: DU101

def updated_by_ourselves(user: User):
    grant, made = Grant.objects.update_or_create(member=user, granted=True)
    if grant:
        ask(user.email)  # expect: DU101

def asked_of_the_row(user: User):
    grant, made = Grant.objects.get_or_create(member=user, defaults={"granted": False})
    if grant.granted:
        ask(user.email)

def refused_by_the_row(user: User):
    grant, made = Grant.objects.get_or_create(member=user, defaults={"granted": False})
    if not grant.granted:
        ask(user.email)  # expect: DU101
"""
    )
