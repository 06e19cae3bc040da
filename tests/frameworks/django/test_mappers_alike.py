"""Mappers that are asked much as Django is: Tortoise, MongoEngine, peewee, Beanie."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_tortoise() -> None:
    assert_sent("""
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
    """)


def test_mongoengine() -> None:
    assert_sent("""
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
    """)


def test_peewee() -> None:
    assert_sent("""
        import peewee
        from ai import send


        class User(peewee.Model):
            email = peewee.CharField()
            ai_consent = peewee.BooleanField(default=False)


        def users():
            for each in User.select():
                send(each.email)  # expect: DU101
                if each.ai_consent:
                    send(each.email)
            for each in User.select().where(User.id > 3).order_by(User.id):
                send(each.email)  # expect: DU101
            one = User.get(User.id == 1)
            send(one.email)  # expect: DU101
            other = User.get_or_none(User.id == 2)
            if other is not None and other.ai_consent:
                send(other.email)
                send(one.email)  # expect: DU101
            send(User.select().where(User.id == 3).first().email)  # expect: DU101
            send(User.select().count())
    """)


def test_beanie() -> None:
    assert_sent("""
        from ai import send
        from beanie import Document


        class Customer(Document):
            email: str
            ai_consent: bool = False


        async def customers():
            one = await Customer.find_one(Customer.email == "x")
            send(one.email)  # expect: DU101
            if one.ai_consent:
                send(one.email)
            async for each in Customer.find_all():
                send(each.email)  # expect: DU101
            for each in await Customer.find(Customer.email == "y").sort("email").to_list():
                send(each.email)  # expect: DU101
                if each.ai_consent:
                    send(each.email)
            other = await Customer.get("x")
            send(other.email)  # expect: DU101
            send(await Customer.find_all().count())
    """)
