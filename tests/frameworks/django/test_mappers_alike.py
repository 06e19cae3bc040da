"""Mappers that took Django's queries for their model: Tortoise, MongoEngine."""

from __future__ import annotations

from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "consent"
field = ["ai_consent"]
allows = ["ai"]
"""

AI = """
import openai

client = openai.OpenAI()


def send(text):
    client.responses.create(model="m", input=text)
"""


def test_tortoise() -> None:
    text = """
        from ai import send
        from tortoise import fields
        from tortoise.models import Model


        class Member(Model):
            email = fields.CharField(max_length=100)
            ai_consent = fields.BooleanField(default=False)

            @classmethod
            def last(cls):
                return "nobody"


        async def some(other):
            member = await Member.get(id=1)
            send(member.email)  # expect: DU101
            if member.ai_consent:
                send(member.email)
            found = await Member.get_or_none(id=2)
            if found and found.ai_consent:
                send(found.email)
                send(member.email)  # expect: DU101
            first = await Member.filter(id=other).first()
            send(first.email)  # expect: DU101
            send(Member.last())


        async def all_of_them():
            async for each in Member.all():
                send(each.email)  # expect: DU101
            for each in await Member.filter(id=1):
                send(each.email)  # expect: DU101
            for each in await Member.filter(ai_consent=True):
                send(each.email)
            for each in await Member.exclude(ai_consent=True):
                send(each.email)  # expect: DU101
    """
    assert_labels({"ai.py": AI, "app.py": text}, POLICY)


def test_mongoengine() -> None:
    text = """
        import mongoengine
        from ai import send


        class Patient(mongoengine.Document):
            diagnosis = mongoengine.StringField()
            ai_consent = mongoengine.BooleanField(default=False)


        def patients():
            for each in Patient.objects:
                send(each.diagnosis)  # expect: DU101
            for each in Patient.objects(age=3):
                send(each.diagnosis)  # expect: DU101
            for each in Patient.objects(ai_consent=True):
                send(each.diagnosis)
            for each in Patient.objects.filter(ai_consent=True):
                send(each.diagnosis)
            send(Patient.objects.get(id=1).diagnosis)  # expect: DU101
            one = Patient.objects(id=1).first()
            if one.ai_consent:
                send(one.diagnosis)
            else:
                send(one.diagnosis)  # expect: DU101
    """
    assert_labels({"ai.py": AI, "app.py": text}, POLICY)
