"""pydantic: what dumps hold, and what validation proves."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "test.consent"
field = ["ai_consent"]
allows = ["ai"]
[[guard]]
id = "test.status"
field = ["consent_status"]
equals = ["granted"]
allows = ["ai"]
"""

HEAD = """
from typing import Annotated, Literal, Optional
import openai
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator
from pydantic import root_validator, validator
from sqlmodel import Field as Column, Session, SQLModel, select

router = APIRouter()
client = openai.OpenAI()

def send(text):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])

class Address(BaseModel):
    street_address: str
    planet: str

class Letter(BaseModel):
    full_name: str
    style: str
    ai_consent: bool = False
    address: Optional[Address] = None
"""


def check(body: str) -> None:
    assert_labels({"app.py": HEAD + body}, POLICY)


DUMPS = [
    ("letter.model_dump_json()", True),
    ("letter.json()", True),
    ("letter.model_dump()", True),
    ("letter.dict()", True),
    ("str(letter.model_dump())", True),
    ("letter.model_dump()['full_name']", True),
    ("letter.model_dump()['style']", False),
    ("letter.model_dump(include={'style'})", False),
    ("letter.model_dump(include={'style', 'full_name'})", True),
    ("letter.model_dump(exclude={'full_name', 'address'})", False),
    ("letter.model_dump(exclude=['full_name', 'address'])", False),
    ("letter.model_dump_json(exclude={'full_name': True, 'address': True})", False),
    ("letter.model_dump(exclude={'style'})", True),
    ("letter.model_dump(by_alias=True)['fullName']", True),
    ("letter.model_dump(exclude=names)", True),
    ("letter.address.model_dump()", True),
    ("letter.address.planet", False),
    ("letter.model_copy().full_name", True),
    ("letter.copy(update={'style': 'warm'}).full_name", True),
    ("letter", True),
    ("f'{letter}'", True),
    ("letter.model_json_schema()", False),
    ("Letter.model_json_schema()", False),
]


@pytest.mark.parametrize(("text", "is_data"), DUMPS)
def test_dumps(text: str, is_data: bool) -> None:
    label = "  # expect: DU101" if is_data else ""
    check(
        f"""
def handler(letter: Letter, names):
    send({text}){label}

def guarded(letter: Letter, names):
    if letter.ai_consent:
        send({text})
"""
    )


def test_computed_fields_are_dumped() -> None:
    check(
        """
class Greeting(BaseModel):
    style: str

    @computed_field
    @property
    def full_name(self) -> str:
        return self.style

def handler(greeting: Greeting):
    send(greeting.model_dump(include={"style"}))
    send(greeting.full_name)  # expect: DU101
"""
    )


VALIDATION = [
    ("    ai_consent: Literal[True]", True),
    ("    ai_consent: Annotated[Literal[True], Field()]", True),
    ("    consent_status: Literal['granted']", True),
    ("    ai_consent: bool", False),
    ("    ai_consent: Literal[True, False]", False),
    ("    ai_consent: Literal[True] | None = None", False),
    ("    consent_status: Literal['granted', 'pending']", False),
    ("    newsletter: Literal[True]", False),
    (
        """    ai_consent: bool
    @field_validator("ai_consent")
    @classmethod
    def must(cls, value):
        if not value:
            raise ValueError("consent is needed")
        return value""",
        True,
    ),
    (
        """    ai_consent: bool
    @validator("ai_consent")
    def must(cls, v):
        if v is not True:
            raise ValueError("consent is needed")
        return v""",
        True,
    ),
    (
        """    ai_consent: bool
    @field_validator("ai_consent")
    @classmethod
    def whatever(cls, value):
        if not value:
            print("no consent")
        return value""",
        False,
    ),
    (
        """    ai_consent: bool
    @field_validator("style")
    @classmethod
    def style_must(cls, value):
        if not value:
            raise ValueError("style is needed")
        return value""",
        False,
    ),
    (
        """    ai_consent: bool
    @model_validator(mode="after")
    def must(self):
        if not self.ai_consent:
            raise ValueError("consent is needed")
        return self""",
        True,
    ),
    (
        """    ai_consent: bool
    @root_validator
    def must(cls, values):
        if not values.get("ai_consent"):
            raise ValueError("consent is needed")
        return values""",
        True,
    ),
]


@pytest.mark.parametrize(("fields", "proves"), VALIDATION)
def test_what_validation_proves(fields: str, proves: bool) -> None:
    label = "" if proves else "  # expect: DU101"
    check(
        f"""
class Form(BaseModel):
    full_name: str
    style: str
{fields}

class Longer(Form):
    email: str

@router.post("/1")
def handler(form: Form):
    send(form.full_name){label}

@router.post("/2")
def inherited(form: Longer):
    send(form.email){label}

def parsed(text: str):
    form = Form.model_validate_json(text)
    send(form.full_name){label}

def unchecked(text: str):
    form = Form.model_construct(full_name=text)
    return form
"""
    )


def test_validation_keeps_the_person() -> None:
    check(
        """
class Row(SQLModel, table=True):
    id: int = Column(primary_key=True)
    full_name: str
    email: str
    ai_consent: bool

class Public(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    full_name: str
    style: str = ""

def export(session: Session):
    for row in session.exec(select(Row)):
        send(Public.model_validate(row).model_dump_json())  # expect: DU101
    for row in session.exec(select(Row).where(Row.ai_consent)).all():
        send(Public.model_validate(row).model_dump_json())

def one(session: Session, row_id: int):
    row = session.get(Row, row_id)
    public = Public.from_orm(row)
    if row.ai_consent:
        send(public.full_name)
    send(public.full_name)  # expect: DU101

def columns(session: Session):
    for name, email in session.exec(select(Row.full_name, Row.email)):
        send(email)  # expect: DU101
    for name in session.exec(select(Row.full_name).where(Row.ai_consent == True)):
        send(name)

@router.post("/1")
async def parsed(request: Request):
    letter = Letter.model_validate(await request.json())
    send(letter.full_name)  # expect: DU101
    if letter.ai_consent:
        send(letter.full_name)
"""
    )


def test_odd_programs_do_not_fail() -> None:
    check(
        """
class Recursive(BaseModel):
    child: "Recursive | None" = None

    @model_validator(mode="after")
    def check(self):
        Recursive.model_validate(self)
        return Recursive(child=self)

def odd(value: Recursive, *args, **kwargs):
    value.model_dump(*args, **kwargs)
    value.model_dump(include=value, exclude=3)
    Recursive.model_validate()
    Recursive.model_validate(*args)
    BaseModel.model_validate(value)
    send("nothing")
"""
    )


WHOLE = """
class Turn(BaseModel):
    role: str
    content: str

class Talk(BaseModel):
    turns: list[Turn]
    last: Turn | None = None

class Order(BaseModel):
    title: str
    buyer: Letter

class Settings(BaseModel):
    style: str
    content: str

@router.post("/turns")
def turns(talk: Talk):
    send(talk.turns)  # expect: DU101

@router.post("/talk")
def whole(talk: Talk):
    send(talk)  # expect: DU101

@router.post("/text")
def text(talk: Talk):
    send(talk.model_dump_json())  # expect: DU101

@router.post("/each")
def each(talk: Talk):
    for turn in talk.turns:
        send(f"{turn}")  # expect: DU101

def inner(order: Order):
    send(order)  # expect: DU101

def of_nobody(settings: Settings):
    send(settings)

def roles(talk: Talk):
    send([turn.role for turn in talk.turns])
"""


def test_what_is_sent_whole_is_what_its_parts_are() -> None:
    """A field of a weak name counts in what somebody sends with a request; and so do records in records."""
    check(WHOLE)


THROUGH_HELPERS = """
class Turn(BaseModel):
    role: str
    content: str

class Talk(BaseModel):
    turns: list[Turn]

def dumped(turns: list[Turn]):
    return [turn.model_dump() for turn in turns]

def read(turns):
    return [{"content": turn.content} for turn in turns]

@router.post("/dumped")
def by_dumping(talk: Talk):
    send(dumped(talk.turns))  # expect: DU101

@router.post("/read")
def by_reading(talk: Talk):
    send(read(talk.turns))  # expect: DU101

@router.post("/captured")
def captured(talk: Talk):
    def ask():
        return send(read(talk.turns))
    return ask()  # expect: DU101

def of_nobody():
    send(read([Turn(role="user", content="hello")]))
"""


def test_what_somebody_has_sent_is_so_in_helpers_too() -> None:
    check(THROUGH_HELPERS)


BY_DEPENDENCIES = """
class Wish(BaseModel):
    goal: str

class Job(Wish):
    number: str

def job(body: Wish) -> Job:
    return Job(**body.dict(), number="x")

def goal_of(body: Wish) -> str:
    return body.goal

@router.post("/job")
def of_job(job: Job = Depends(job)):
    send(job.goal)  # expect: DU101
    send(job.number)

@router.post("/goal")
def of_goal(goal: str = Depends(goal_of)):
    send(goal)  # expect: DU101
"""


def test_what_a_dependency_makes_of_a_body() -> None:
    check(BY_DEPENDENCIES)


SETTINGS = """
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    enabled: bool = False
    key: str | None = None
    provider: str = "local"

class Fixed(BaseModel):
    enabled: bool = False

settings = Settings()
fixed = Fixed()

def by_flag(letter: Letter):
    if settings.enabled:
        send(letter.full_name)  # expect: DU101

def by_key(letter: Letter):
    if settings.key is not None:
        send(letter.full_name)  # expect: DU101

def by_provider(letter: Letter):
    if settings.provider == "openai":
        send(letter.full_name)  # expect: DU101

def never(letter: Letter):
    if fixed.enabled:
        send(letter.full_name)
"""


def test_settings_are_what_the_environment_says() -> None:
    check(SETTINGS)


OUT_OF_FILES = """
import json

class Book(BaseModel):
    title: str
    owner: Optional[Letter] = None

def by_keywords():
    book = Book(**json.load(open("book.json")))
    send(book.owner)  # expect: DU101

def as_text():
    book = Book(**json.load(open("book.json")))
    send(f"{book.owner}")  # expect: DU101

def validated():
    book = Book.model_validate(json.load(open("book.json")))
    send(book.owner.model_dump())  # expect: DU101

def alone():
    send(Letter(**json.load(open("letter.json"))))  # expect: DU101

def title():
    send(Book(**json.load(open("book.json"))).title)

def known():
    send(Book(title="x", owner=Letter(full_name="nobody", style="plain")))
"""


def test_records_out_of_data_of_which_nothing_is_known() -> None:
    check(OUT_OF_FILES)
