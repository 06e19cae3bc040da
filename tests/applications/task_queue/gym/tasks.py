import openai
from celery import chain, shared_task

from gym.models import Member

client = openai.OpenAI()


@shared_task
def plan(text):
    return client.responses.create(model="m", input=text).output_text


@shared_task(bind=True, max_retries=3)
def plan_by_id(self, member_id):
    member = Member.objects.get(pk=member_id)
    if not member.ai_consent:
        return None
    return client.responses.create(model="m", input=member.medical_history).output_text


@shared_task
def plan_by_id_unchecked(member_id):
    member = Member.objects.get(pk=member_id)
    return client.responses.create(model="m", input=member.medical_history).output_text  # expect: DU101


@shared_task
def history(member_id):
    return Member.objects.get(pk=member_id).medical_history


def chained(member_id):
    chain(history.s(member_id), plan.s()).delay()  # expect: DU101
