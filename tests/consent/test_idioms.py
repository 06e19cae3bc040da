"""Shapes that consent checks have in real applications, and what looks like one: a small program for each."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

AI = """
import openai

client = openai.OpenAI()


def send(text):
    return client.responses.create(model="m", input=text)


def embed(text):
    return client.embeddings.create(model="m", input=text)
"""

MODELS = """
from django.contrib.auth.models import AbstractUser
from django.db import models


class Organization(models.Model):
    ai_approved = models.BooleanField(null=True)
    hide_ai = models.BooleanField(default=False)
    telemetry_opt_out = models.BooleanField(default=False)

    def get_option(self, name):
        return bool(self.options.get(name))


class Team(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    transcript = models.TextField()


class User(AbstractUser):
    ai_consent = models.BooleanField(default=False)
    ai_consent_at = models.DateTimeField(null=True)
    ai_revoked_at = models.DateTimeField(null=True)
    marketing_consent = models.BooleanField(default=False)
    ai_opt_out = models.BooleanField(default=False)
    state = models.CharField(max_length=2)
    bio = models.TextField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE)


class Ticket(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    transcript = models.TextField()


class Submission(models.Model):
    email = models.EmailField()
    transcript = models.TextField()
    training_consent = models.BooleanField(default=False)
"""

POLICY = """
schema = 1

[pack]
name = "tests"

[[guard]]
id = "organisation"
field = ["ai_approved"]
allows = ["ai"]
subject = "any"
scope = "organisation"

[[guard]]
id = "option"
test = ["app.models.Organization().get_option"]
when = false
arguments = { "0" = "hide_ai_features" }
subject = "any"
allows = ["ai"]

[[guard]]
id = "person"
field = ["ai_consent"]
allows = ["ai"]

[[guard]]
id = "granted-at"
field = ["ai_consent_at"]
set = true
allows = ["ai"]

[[guard]]
id = "opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai"]

[[guard]]
id = "training"
field = ["training_consent"]
allows = ["ai.training", "ai.fine_tuning"]

[[guard]]
id = "acknowledged"
test = ["app.legal.acknowledged"]
subject = "any"
allows = ["ai"]

[[guard]]
id = "remote"
test = ["app.rpc.fetch_consent"]
subject = "0"
allows = ["ai"]

[[guard]]
id = "purpose"
enforce = ["app.registry.require"]
subject = "user_id|0"
purpose = "purpose|1"

[[guard]]
id = "granted"
test = ["app.registry.granted"]
subject = "athlete_id|0"
allows = ["ai"]

[[guard]]
id = "scope"
context = ["app.registry.consent_scope"]
allows = ["ai"]

[[guard]]
id = "engine"
test = ["app.engine.decide().allowed"]
subject = "any"
allows = ["ai"]

[[sanitizer]]
call = ["scrubadub.clean"]

[purposes]
"assistant" = ["ai.inference"]
"marketing" = []
"""


def labelled(app: str, **more: str) -> None:
    """Findings start at exactly the labelled lines of ``app/main.py``, and of the other files of the package."""
    files = {"app/__init__.py": "", "app/ai.py": AI, "app/models.py": MODELS, "app/main.py": app}
    assert_labels({**files, **{f"app/{name}.py": text for name, text in more.items()}}, POLICY)


# ── a switch of the organisation ──────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_is_fetched_in_a_thread() -> None:
    labelled("""
        from asgiref.sync import sync_to_async
        from app.ai import send, embed
        from app.models import Team, Ticket, User


        def _load_team(team_id):
            return Team.objects.select_related("organization").get(id=team_id)


        async def activity(team_id):
            team = await sync_to_async(_load_team)(team_id)
            if not team.organization.ai_approved:
                raise RuntimeError("no approval")
            send(team.transcript)


        async def unchecked_activity(team_id):
            team = await sync_to_async(_load_team)(team_id)
            send(team.transcript)  # expect: DU101


        async def by_lambda(ticket: Ticket):
            organization = await sync_to_async(lambda: ticket.team.organization)()
            if not organization.ai_approved:
                return []
            return embed(ticket.transcript)


        async def by_lambda_of_nothing(ticket: Ticket):
            await sync_to_async(lambda: ticket.team.organization)()
            return embed(ticket.transcript)  # expect: DU102
    """)


def test_a_view_that_answers_403_and_imports_late() -> None:
    labelled("""
        from rest_framework.response import Response
        from rest_framework.exceptions import PermissionDenied
        from rest_framework.views import APIView
        from app.models import Ticket


        class Summarise(APIView):
            def post(self, request):
                ticket = Ticket.objects.get(id=request.data["id"])
                if not ticket.team.organization.ai_approved:
                    return Response({"error": "no approval"}, status=403)
                from app.ai import send

                return Response(send(ticket.transcript))


        class Checked(APIView):
            @property
            def organization(self):
                return self.request.user.team.organization

            def _validate_access(self, request):
                if not self.organization.ai_approved:
                    raise PermissionDenied

            def post(self, request):
                from app.ai import send

                self._validate_access(request)
                return Response(send(request.data["text"]))

            def put(self, request):
                from app.ai import send

                return Response(send(request.data["text"]))  # expect: DU101
    """)


def test_conjunctions_and_exits_that_do_other_things_first() -> None:
    labelled("""
        from app.ai import send
        from app.models import Ticket, User


        class Result:
            def __init__(self, status):
                self.status = status


        def conjunct(ticket: Ticket, sheet: dict):
            if sheet.get("items") and ticket.team.organization.ai_approved:
                send(ticket.transcript)


        def other_order(ticket: Ticket, sheet: dict):
            if ticket.team.organization.ai_approved and sheet.get("items"):
                send(ticket.transcript)


        def disjunct(ticket: Ticket, sheet: dict):
            if sheet.get("items") or ticket.team.organization.ai_approved:
                send(ticket.transcript)  # expect: DU101


        def de_morgan(ticket: Ticket, enabled: bool):
            if not enabled or not ticket.team.organization.ai_approved:
                ticket.delete()
                return None
            return send(ticket.transcript)


        def de_morgan_wrong(ticket: Ticket, enabled: bool):
            if not enabled and not ticket.team.organization.ai_approved:
                return None
            return send(ticket.transcript)  # expect: DU101


        def any_other_result(ticket: Ticket):
            if not ticket.team.organization.ai_approved:
                return Result(status="no consent")
            send(ticket.transcript)
            return Result(status="done")


        def by_else(user: User, count: int):
            if count > 10:
                print("too many")
            elif not user.ai_consent:
                print("no consent")
            else:
                send(user.bio)


        def fallback(user: User):
            if not user.ai_consent:
                return "Hello!"
            return send(user.bio)
    """)


def test_a_nullable_field_is_true_or_not() -> None:
    labelled("""
        from app.ai import send
        from app.models import Ticket, Team


        def is_not_true(ticket: Ticket):
            if ticket.team.organization.ai_approved is not True:
                return "no approval"
            return send(ticket.transcript)


        def may_be_none(ticket: Ticket, team: Team | None):
            approved = team is not None and team.organization.ai_approved is True
            if approved:
                send(ticket.transcript)


        def is_not_false(ticket: Ticket):
            if ticket.team.organization.ai_approved is not False:
                send(ticket.transcript)  # expect: DU101
    """)


# ── gates that answer with a reason ───────────────────────────────────────────────────────────────────────────────


def test_a_gate_answers_none_where_nothing_is_in_the_way() -> None:
    labelled("""
        from app.ai import send
        from app.models import Ticket


        class Rejection:
            def __init__(self, reason):
                self.reason = reason


        def check_budget(ticket: Ticket):
            return Rejection("budget") if ticket.id > 1000 else None


        def check_approval(ticket: Ticket) -> Rejection | None:
            if not ticket.team.organization.ai_approved:
                return Rejection("no approval")
            return None


        def run(ticket: Ticket):
            if (rejection := check_budget(ticket)) is not None:
                return rejection
            if (rejection := check_approval(ticket)) is not None:
                return rejection
            return send(ticket.transcript)


        def run_budget_only(ticket: Ticket):
            if (rejection := check_budget(ticket)) is not None:
                return rejection
            return send(ticket.transcript)  # expect: DU101


        def run_inverted(ticket: Ticket):
            if check_approval(ticket) is not None:
                send(ticket.transcript)  # expect: DU101


        class Preflight:
            def __init__(self, ticket: Ticket):
                self.ticket = ticket

            def check_flag(self):
                return None

            def check_legal(self):
                if not self.ticket.team.organization.ai_approved:
                    return "legal"
                return None

            def denial(self):
                return self.check_flag() or self.check_legal()


        def preflight(ticket: Ticket):
            if Preflight(ticket).denial() is None:
                send(ticket.transcript)


        def tick(ticket: Ticket):
            if not ticket.team.organization.ai_approved:
                return "SKIP"
            return "RUN"


        def dispatch(ticket: Ticket):
            if tick(ticket) == "RUN":
                send(ticket.transcript)


        def dispatch_wrong(ticket: Ticket):
            if tick(ticket) == "SKIP":
                send(ticket.transcript)  # expect: DU101
    """)


def test_helpers_that_join_flags_and_consent() -> None:
    labelled(
        """
        from app import features
        from app.ai import send
        from app.legal import acknowledged
        from app.models import Organization, Ticket


        def flag_only(ticket: Ticket, actor):
            if not features.has("organizations:ai", ticket.team.organization, actor=actor):
                return None
            return send(ticket.transcript)  # expect: DU101


        def option(ticket: Ticket):
            if ticket.team.organization.get_option("hide_ai_features"):
                return None
            return send(ticket.transcript)


        def other_option(ticket: Ticket):
            if ticket.team.organization.get_option("hide_news"):
                return None
            return send(ticket.transcript)  # expect: DU101


        def three_in_a_row(ticket: Ticket, actor):
            organization = ticket.team.organization
            if not features.has("organizations:ai", organization, actor=actor):
                return None
            if organization.get_option("hide_ai_features"):
                return None
            if not acknowledged(organization):
                return None
            return send(ticket.transcript)


        def has_access(organization: Organization, actor) -> bool:
            return features.has("organizations:ai", organization, actor=actor) and not bool(
                organization.get_option("hide_ai_features")
            )


        def access_with_detail(organization: Organization, actor):
            if not features.has("organizations:ai", organization, actor=actor):
                return False, "not enabled"
            if organization.get_option("hide_ai_features"):
                return False, "hidden"
            return True, None


        def by_helper(ticket: Ticket, actor):
            if has_access(ticket.team.organization, actor):
                send(ticket.transcript)


        def by_detail(ticket: Ticket, actor):
            allowed, reason = access_with_detail(ticket.team.organization, actor)
            if not allowed:
                raise PermissionError(reason)
            send(ticket.transcript)


        def by_reason(ticket: Ticket, actor):
            allowed, reason = access_with_detail(ticket.team.organization, actor)
            if reason:
                send(ticket.transcript)  # expect: DU101


        def either(ticket: Ticket, user):
            ok = acknowledged(user) or acknowledged(ticket.team.organization)
            if ok:
                send(ticket.transcript)
    """,
        features="""
        def has(name, organization, actor=None):
            return name in ENABLED

        import os

        ENABLED = set(os.environ["FEATURES"].split())
    """,
    )


def test_a_helper_that_a_flag_makes_always_true() -> None:
    labelled(
        """
        from app import features
        from app.ai import send
        from app.models import Ticket, User


        def has_consent(user: User):
            if features.has("consent-flow-removal"):
                return True
            return user.ai_consent


        def always(user: User):
            return True


        def bypassed(user: User):
            if has_consent(user):
                send(user.bio)  # expect: DU101


        def vacuous(user: User):
            if always(user):
                send(user.bio)  # expect: DU101
    """,
        features="""
        def has(name):
            return name in ENABLED

        import os

        ENABLED = set(os.environ["FEATURES"].split())
    """,
    )


# ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_filters_of_querysets_and_lists() -> None:
    labelled("""
        from app.ai import send
        from app.models import Organization, Team, Ticket, User


        def filtered():
            for user in User.objects.filter(ai_consent=True).exclude(bio=""):
                send(user.bio)


        def ids_passed_on():
            ids = User.objects.filter(ai_consent=True).values_list("id", flat=True)
            for user in User.objects.filter(id__in=ids):
                send(user.bio)


        def filtered_and_checked_again():
            for user in User.objects.filter(ai_consent=True).iterator():
                user.refresh_from_db(fields=["ai_consent"])
                if not user.ai_consent:
                    continue
                send(user.bio)


        def excluded_flag():
            for user in User.objects.exclude(ai_opt_out=True):
                send(user.bio)


        def other_filter():
            for user in User.objects.filter(marketing_consent=True):
                send(user.bio)  # expect: DU101


        def comprehension():
            for user in [each for each in User.objects.all() if not each.ai_opt_out]:
                send(user.bio)


        def by_dictionary():
            users = User.objects.all()
            hidden = {user.id: user.ai_opt_out for user in users}
            for user in [each for each in users if not hidden[each.id]]:
                send(user.bio)


        def generator():
            for user in User.objects.all():
                has = user.is_active and user.ai_consent
                if not has:
                    continue
                yield user


        def consumer():
            for user in generator():
                send(user.bio)
    """)


def test_a_filter_with_a_hole() -> None:
    labelled("""
        from django.db.models import Q
        from app.ai import send
        from app.models import User


        def or_null():
            for user in User.objects.filter(Q(ai_consent=True) | Q(ai_consent__isnull=True)):
                send(user.bio)  # expect: DU101


        def both():
            for user in User.objects.filter(Q(ai_consent=True) & Q(is_active=True)):
                send(user.bio)
    """)


def test_rows_of_sqlalchemy_and_sql() -> None:
    labelled("""
        import sqlite3
        from sqlalchemy import select
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        from app.ai import send


        class Base(DeclarativeBase):
            pass


        class Donor(Base):
            __tablename__ = "donors"
            id: Mapped[int] = mapped_column(primary_key=True)
            ngo: Mapped[int]
            biography: Mapped[str]
            email: Mapped[str]
            ai_consent: Mapped[bool]


        def equal(session, ngo):
            for donor in session.scalars(select(Donor).where(Donor.ngo == ngo, Donor.ai_consent == True)):
                send(donor.email)


        def is_true(session):
            for donor in session.scalars(select(Donor).where(Donor.ai_consent.is_(True))):
                send(donor.email)


        def unfiltered(session, ngo):
            for donor in session.scalars(select(Donor).where(Donor.ngo == ngo)):
                send(donor.email)  # expect: DU101


        def text(connection: sqlite3.Connection, tenant):
            rows = connection.execute("SELECT email FROM donors WHERE ngo = ? AND ai_consent = TRUE", (tenant,))
            for (email,) in rows:
                send(email)


        def text_with_or(connection: sqlite3.Connection, tenant):
            rows = connection.execute("SELECT email FROM donors WHERE ngo = ? OR ai_consent = TRUE", (tenant,))
            for (email,) in rows:
                send(email)  # expect: DU101
    """)


def test_masks_of_data_frames() -> None:
    labelled("""
        import pandas as pd
        from app.ai import send


        def equal():
            df = pd.read_csv("people.csv")
            df = df[df["ai_consent"] == 1]
            for text in df["email"]:
                send(text)


        def not_none():
            df = pd.read_csv("people.csv")
            df = df[df["ai_consent"] != "none"]
            for text in df["email"]:
                send(text)  # expect: DU101


        def only_if_the_column_is_there():
            df = pd.read_csv("people.csv")
            if "ai_consent" in df.columns:
                df = df[df["ai_consent"] == 1]
            for text in df["email"]:
                send(text)  # expect: DU101


        def on_a_data_set():
            from datasets import load_dataset

            rows = load_dataset("csv", data_files="people.csv")["train"].filter(lambda row: row["ai_consent"])
            for row in rows:
                send(row["email"])
    """)


# ── what a framework runs first ───────────────────────────────────────────────────────────────────────────────────

DEPENDENCIES = """
from typing import Annotated
from fastapi import Depends, HTTPException
from app.models import User


def current_user() -> User:
    raise NotImplementedError


def require_ai_consent(user: User = Depends(current_user)) -> User:
    if not user.ai_consent:
        raise HTTPException(403)
    return user


def require_quota(user: User = Depends(require_ai_consent)) -> User:
    if user.id > 1000:
        raise HTTPException(429)
    return user


Consenting = Annotated[User, Depends(require_ai_consent)]
"""


def test_fastapi_dependencies() -> None:
    labelled(
        """
        from fastapi import APIRouter, Body, Depends
        from app.ai import send
        from app.deps import Consenting, current_user, require_ai_consent, require_quota
        from app.models import User

        router = APIRouter()


        @router.post("/a")
        def by_default(user: User = Depends(require_ai_consent)):
            send(user.bio)


        @router.post("/b", dependencies=[Depends(require_ai_consent)])
        def by_list(user: User = Depends(current_user)):
            send(user.bio)


        @router.post("/c")
        def by_alias(user: Consenting):
            send(user.bio)


        @router.post("/d")
        def chained(user: User = Depends(require_quota)):
            send(user.bio)


        @router.post("/e")
        def none(user: User = Depends(current_user)):
            send(user.bio)  # expect: DU101
    """,
        deps=DEPENDENCIES,
    )


def test_permission_classes_with_a_purpose() -> None:
    labelled("""
        from rest_framework.permissions import BasePermission
        from rest_framework.response import Response
        from rest_framework.views import APIView
        from app import registry
        from app.ai import send


        class ConsentPermission(BasePermission):
            purpose = None

            def has_permission(self, request, view):
                registry.require(request.user.id, self.purpose)
                return True


        class HasAssistantConsent(ConsentPermission):
            purpose = "assistant"


        class HasMarketingConsent(ConsentPermission):
            purpose = "marketing"


        class Assist(APIView):
            permission_classes = [HasAssistantConsent]

            def get(self, request):
                return Response(send(request.user.bio))


        class Advertise(APIView):
            permission_classes = [HasMarketingConsent]

            def get(self, request):
                return Response(send(request.user.bio))  # expect: DU101
    """)


# ── helpers, enforcers, decorators ────────────────────────────────────────────────────────────────────────────────


def test_helpers_that_raise_or_answer() -> None:
    labelled("""
        import enum
        from app import registry
        from app.ai import send
        from app.models import User


        class Kind(enum.Enum):
            ASSISTANT = "assistant"
            MARKETING = "marketing"


        async def _check_access(user: User, db):
            if not user.ai_consent:
                raise PermissionError
            return db.factory()


        async def side_effect(user: User, db):
            factory = await _check_access(user, db)
            send(f"{factory}: {user.bio}")


        async def never_awaited(user: User, db):
            _check_access(user, db)
            send(user.bio)  # expect: DU101


        def has_ai_consent(user: User) -> bool:
            return user.ai_consent_at is not None and user.ai_revoked_at is None


        def assert_ai_consent(user: User) -> User:
            if not has_ai_consent(user):
                raise PermissionError
            return user


        def returned(user_id):
            user = assert_ai_consent(User.objects.get(id=user_id))
            send(user.bio)


        async def by_purpose(user_id):
            user = User.objects.get(id=user_id)
            await registry.require(user_id, Kind.ASSISTANT)
            send(user.bio)


        async def by_other_purpose(user_id):
            user = User.objects.get(id=user_id)
            await registry.require(user_id, purpose=Kind.MARKETING)
            send(user.bio)  # expect: DU101


        async def require_consent(user: User):
            return user.ai_consent


        async def answered(user: User):
            if not await require_consent(user):
                return
            send(user.bio)


        async def answer_ignored(user: User):
            await require_consent(user)
            send(user.bio)  # expect: DU101


        def by_keyword(athlete_id, db):
            from app.registry import granted

            if granted(athlete_id=athlete_id, db=db):
                send(User.objects.get(id=athlete_id).bio)


        def by_keyword_of_another(athlete_id, coach_id, db):
            from app.registry import granted

            if granted(athlete_id=coach_id, db=db):
                send(User.objects.get(id=athlete_id).bio)  # expect: DU101


        def by_time_stamp(user: User):
            if not user.ai_consent_at:
                return
            send(user.bio)


        def remote(user: User):
            from app.rpc import fetch_consent

            if fetch_consent(user.id):
                send(user.bio)


        def remote_with_a_list(user: User, enabled: list):
            from app.rpc import fetch_consent

            if fetch_consent(user.id) or user.id in enabled:
                send(user.bio)  # expect: DU101
    """)


def test_decorators_with_and_without_arguments() -> None:
    labelled("""
        import functools
        from app import registry
        from app.ai import send
        from app.models import User


        def require_consent(purpose):
            def decorate(function):
                @functools.wraps(function)
                async def wrapper(user, *args, **kwargs):
                    await registry.require(user.id, purpose)
                    return await function(user, *args, **kwargs)

                return wrapper

            return decorate


        def consenting(function):
            @functools.wraps(function)
            def wrapper(user, *args, **kwargs):
                if not user.ai_consent:
                    raise PermissionError
                return function(user, *args, **kwargs)

            return wrapper


        def configured(mode):
            def decorate(function):
                @functools.wraps(function)
                def wrapper(user):
                    if mode != "disabled" and not user.ai_consent:
                        raise PermissionError
                    return function(user)

                return wrapper

            return decorate


        @require_consent("assistant")
        async def with_purpose(user: User):
            send(user.bio)


        @require_consent("marketing")
        async def with_other_purpose(user: User):
            send(user.bio)  # expect: DU101


        @consenting
        def bare(user: User):
            send(user.bio)


        @functools.lru_cache
        @consenting
        def stacked(user: User):
            send(user.bio)


        @configured("strict")
        def strict(user: User):
            send(user.bio)


        @configured("disabled")
        def switched_off(user: User):
            send(user.bio)  # expect: DU101
    """)


def test_scopes_and_decisions() -> None:
    labelled("""
        from app.ai import send
        from app.engine import decide
        from app.models import User
        from app.registry import consent_scope


        async def execute(user: User):
            return send(user.bio)


        async def scoped(user: User, grant):
            with consent_scope(user):
                await execute(user)


        async def unscoped(user: User, grant):
            with consent_scope(user):
                pass
            await execute(user)  # expect: DU101


        def decided(user: User):
            decision = decide(use="train", consent=True)
            if not decision.allowed:
                raise PermissionError(decision.reason)
            send(user.bio)


        def decided_and_forgotten(user: User):
            decision = decide(use="train", consent=True)
            print(decision.allowed)
            send(user.bio)  # expect: DU101
    """)


# ── what is no consent ────────────────────────────────────────────────────────────────────────────────────────────


def test_flags_rights_settings_and_parameters_are_none() -> None:
    labelled("""
        import posthog
        import waffle
        from django.conf import settings
        from app.ai import client, send
        from app.models import Ticket, User


        def availability(user: User, ticket: Ticket):
            if settings.SUMMARY_MODEL is None:
                raise RuntimeError
            if not user.has_perm("tickets.summarise"):
                raise PermissionError
            send(ticket.transcript)  # expect: DU101


        def switch(ticket: Ticket):
            if waffle.switch_is_active("auto-classifier"):
                send(ticket.transcript)  # expect: DU101


        def flag(ticket: Ticket):
            if posthog.feature_enabled("ai-summary", ticket.team_id):
                send(ticket.transcript)  # expect: DU101


        def other_purpose(user: User):
            if user.marketing_consent:
                send(user.bio)  # expect: DU101


        def other_opt_out(user: User):
            if not user.team.organization.telemetry_opt_out:
                send(user.bio)  # expect: DU101


        def not_stored(user: User):
            client.responses.create(model="m", input=user.bio, store=False)  # expect: DU101


        def not_collected(user: User):
            client.responses.create(  # expect: DU101
                model="m", input=user.bio, extra_body={"provider": {"data_collection": "deny", "zdr": True}}
            )


        def shown(user: User):
            page = {"show_ai_features": not user.ai_opt_out, "text": send(user.bio)}  # expect: DU101
            return page


        def assigned(request, user: User):
            user.ai_consent = request.POST.get("ai_consent") == "on"
            user.save()
            send(user.bio)  # expect: DU101


        def opted_out_somewhere(user: User):
            if user.state == "CA" and user.ai_opt_out:
                return
            send(user.bio)  # expect: DU101


        PROVIDERS = {"openai": {"training_opt_out": False, "zdr": False, "classes": ["public"]}}


        def catalogue(user: User):
            if not PROVIDERS["openai"]["training_opt_out"]:
                send(user.bio)  # expect: DU101
    """)


def test_redaction_that_fails_open() -> None:
    labelled("""
        import json
        import scrubadub
        from app.ai import send
        from app.models import Submission


        def clean(submission: Submission):
            send(scrubadub.clean(submission.transcript))


        def _redacted(text):
            try:
                return scrubadub.clean(text)  # expect: DU502
            except Exception:
                return text


        def fails_open(submission: Submission):
            send(_redacted(submission.transcript))  # expect: DU101


        def _redacted_or_error(text):
            try:
                return scrubadub.clean(text)  # expect: DU502
            except Exception:
                return f"[ERROR] {text}"


        def tells_the_error(submission: Submission):
            send(_redacted_or_error(submission.transcript))  # expect: DU101


        def _redacted_or_nothing(text):
            try:
                return scrubadub.clean(text)
            except Exception:
                return ""


        def fails_closed(submission: Submission):
            send(_redacted_or_nothing(submission.transcript))


        def commented_out(submission: Submission):
            text = submission.transcript  # scrubadub.clean(submission.transcript)
            return send(json.dumps({"prompt": text}))  # expect: DU101
    """)


def test_consent_on_the_record_goes_with_the_record() -> None:
    labelled("""
        import json
        from pathlib import Path
        from app.ai import client
        from app.models import Submission


        def rejected():
            rows = []
            for submission in Submission.objects.all():
                if not submission.training_consent:
                    continue
                rows.append(json.dumps({"prompt": submission.transcript}))
            Path("rows.jsonl").write_text("\\n".join(rows))
            client.files.create(file=Path("rows.jsonl"), purpose="fine-tune")


        def accepted():
            rows = [json.dumps({"prompt": each.transcript}) for each in Submission.objects.all()]
            client.files.create(file="\\n".join(rows).encode(), purpose="fine-tune")  # expect: DU202
    """)


# ── no check at all ───────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_check() -> None:
    labelled(
        """
        from functools import reduce
        from rest_framework.response import Response
        from rest_framework.views import APIView
        from app.ai import client
        from app.llm import build_chain
        from app.models import Ticket


        class Assist(APIView):
            def post(self, request):
                prompt, task = request.data.get("prompt"), request.data.get("task")
                answer = client.chat.completions.create(  # expect: DU101
                    model="m", messages=[{"role": "user", "content": task + "\\n" + prompt}]
                )
                return Response(answer.choices[0].message.content)


        def classify(ticket: Ticket):
            chain = build_chain()
            return chain.invoke({"question": ticket.transcript})  # expect: DU101
    """,
        llm="""
        from functools import reduce
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.output_parsers import StrOutputParser


        def get_llm():
            from langchain_google_vertexai import ChatVertexAI

            return ChatVertexAI(model="gemini")


        def build_chain():
            prompt = ChatPromptTemplate.from_messages([("human", "{question}")])
            return reduce(lambda x, y: x | y, [prompt, get_llm(), StrOutputParser()])
    """,
    )


def test_what_others_wrote_is_theirs() -> None:
    labelled("""
        import json
        from app.models import Ticket, User


        def make_message(content, role="user"):
            return {"content": content, "role": role}


        def summary(user: User):
            if not user.has_perm("summarise") or not user.ai_consent:
                raise PermissionError
            messages = Ticket.objects.filter(team=user.team).values("id", "transcript")
            intermediate = [{"sender": m["id"], "content": m["transcript"]} for m in messages]
            text = json.dumps(intermediate)
            params = {"temperature": 0, "max_tokens": 100}
            import litellm

            conversation = [make_message(text), make_message("Summarise.")]
            return litellm.completion(model="gpt-4o", messages=conversation, **params)  # expect: DU101
    """)


@pytest.mark.parametrize("directives", ["[]", '["noai"]'])
def test_an_opt_out_of_a_crawler_is_no_consent(directives: str) -> None:
    labelled(f"""
        from app.ai import send
        from app.models import User


        def crawl(user: User, download):
            page = download(user.bio, disallowed_header_directives={directives})
            send(page)  # expect: DU101
    """)
