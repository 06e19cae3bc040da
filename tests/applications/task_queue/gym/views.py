from django.db import transaction

from gym.models import Member
from gym.tasks import plan, plan_by_id, plan_by_id_unchecked


def now(member: Member):
    plan.delay(member.medical_history)  # expect: DU101


def later(member: Member):
    plan.apply_async(args=[member.medical_history], countdown=60)  # expect: DU101


def after_commit(member: Member):
    transaction.on_commit(lambda: plan.delay(member.medical_history))  # expect: DU101


def checked(member: Member):
    if member.ai_consent:
        plan.delay(member.medical_history)


def by_id(member: Member):
    plan_by_id.delay(member.pk)
    plan_by_id_unchecked.delay(member.pk)
