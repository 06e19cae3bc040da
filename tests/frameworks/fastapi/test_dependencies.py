"""FastAPI and Starlette: dependencies as guards, and whose data a request brings."""

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
id = "test.purpose"
test = ["*.consents_to"]
purpose = "0"
[purposes]
"ai" = ["ai"]
"""

HEAD = """
import functools
from typing import Annotated, AsyncIterator
import openai
from fastapi import (APIRouter, BackgroundTasks, Body, Cookie, Depends, FastAPI, File, Form, Header, HTTPException,
                     Query, Request, Security, UploadFile, WebSocket)
from pydantic import BaseModel
from sqlalchemy.orm import Session
from models import Account, Letter, get_session

client = openai.OpenAI()
router = APIRouter()

def send(text):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])

def current_account(token: str = Header(), session: Session = Depends(get_session)) -> Account:
    return session.query(Account).filter(Account.token == token).one()

CurrentAccount = Annotated[Account, Depends(current_account)]

def ensure_consent(account: CurrentAccount) -> None:
    if not account.ai_consent:
        raise HTTPException(403)

def report_consent(account: CurrentAccount) -> bool:
    return bool(account.ai_consent)

async def consenting_account(account: Account = Depends(current_account)) -> Account:
    if not account.ai_consent:
        raise HTTPException(403)
    return account

ConsentingAccount = Annotated[Account, Depends(consenting_account)]

def target_account(account_id: int, session: Session = Depends(get_session)) -> Account:
    return session.get(Account, account_id)
"""

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from pydantic import BaseModel

class Base(DeclarativeBase):
    pass

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    email: Mapped[str]
    ai_consent: Mapped[bool]

    def consents_to(self, purpose: str) -> bool:
        return purpose in self.token

class Letter(BaseModel):
    full_name: str
    style: str

factory = sessionmaker()

def get_session():
    with factory() as session:
        yield session
"""


def check(body: str, **files: str) -> None:
    named = {f"{name}.py": text for name, text in files.items()}
    assert_labels({"models.py": MODELS, "app.py": HEAD + body, **named}, POLICY)


PARAMETERS = [
    ("account: ConsentingAccount", True),
    ("account: CurrentAccount", False),
    ("account: Account = Depends(consenting_account)", True),
    ("account: Account = Security(consenting_account)", True),
    ("account=Depends(consenting_account)", True),
    ("account: Annotated[Account, Depends(consenting_account)]", True),
    ("account: Annotated[Account, Depends(current_account)]", False),
    ("account: CurrentAccount, _: Annotated[None, Depends(ensure_consent)]", True),
    ("account: CurrentAccount, _: None = Depends(ensure_consent)", True),
    ("account: CurrentAccount, allowed: Annotated[bool, Depends(report_consent)]", False),
    ("account: Annotated[Account, Depends(target_account)], reader: ConsentingAccount", False),
    ("account: Annotated[Account, Depends(target_account)]", False),
]


@pytest.mark.parametrize(("parameters", "proves"), PARAMETERS)
@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_parameters(parameters: str, proves: bool, keyword: str) -> None:
    label = "" if proves else "  # expect: DU101"
    check(
        f"""
@router.post("/x")
{keyword} handler({parameters}):
    send(account.email){label}
"""
    )


def test_the_result_of_a_dependency_counts_where_it_is_tested() -> None:
    check(
        """
@router.get("/x")
def handler(account: CurrentAccount, allowed: Annotated[bool, Depends(report_consent)]):
    if allowed:
        send(account.email)
    send(account.email)  # expect: DU101
"""
    )


def test_kinds_of_dependencies() -> None:
    check(
        """
def require(purpose: str):
    def check(account: CurrentAccount) -> Account:
        if not account.consents_to(purpose):
            raise HTTPException(403)
        return account
    return check

class Require:
    def __init__(self, purpose: str) -> None:
        self.purpose = purpose

    def __call__(self, account: CurrentAccount) -> Account:
        if not account.consents_to(self.purpose):
            raise HTTPException(403)
        return account

def required(purpose: str, account: CurrentAccount) -> Account:
    if not account.consents_to(purpose):
        raise HTTPException(403)
    return account

class Consenting:
    def __init__(self, account: CurrentAccount) -> None:
        if not account.ai_consent:
            raise HTTPException(403)
        self.account = account

class Service:
    def __init__(self, account: CurrentAccount) -> None:
        self.account = account

class Auth:
    def consenting(self, account: CurrentAccount) -> Account:
        if not account.ai_consent:
            raise HTTPException(403)
        return account

auth = Auth()

async def generated(account: CurrentAccount) -> AsyncIterator[Account]:
    if not account.ai_consent:
        raise HTTPException(403)
    yield account

def checked_too_late(account: CurrentAccount):
    yield account
    if not account.ai_consent:
        raise HTTPException(403)

@router.get("/1")
def factory(account: Account = Depends(require("ai"))):
    send(account.email)

@router.get("/2")
def factory_of_other(account: Account = Depends(require("ads"))):
    send(account.email)  # expect: DU101

@router.get("/3")
def instance(account: Annotated[Account, Depends(Require("ai"))]):
    send(account.email)

@router.get("/4")
def instance_of_other(account: Annotated[Account, Depends(Require("ads"))]):
    send(account.email)  # expect: DU101

@router.get("/5")
def partial(account: Annotated[Account, Depends(functools.partial(required, "ai"))]):
    send(account.email)

@router.get("/6")
def cls(consenting: Annotated[Consenting, Depends()]):
    send(consenting.account.email)

@router.get("/7")
def cls_without_check(service: Service = Depends()):
    send(service.account.email)  # expect: DU101

@router.get("/8")
def method(account: Account = Depends(auth.consenting)):
    send(account.email)

@router.get("/9")
def generator(account: Account = Depends(generated)):
    send(account.email)

@router.get("/10")
def late(account: Account = Depends(checked_too_late)):
    send(account.email)  # expect: DU101

@router.get("/11")
def inline(account: Annotated[Account, Depends(require("ai"))]):
    send(account.email)

@router.get("/12", dependencies=[Depends(require("ai"))])
def in_route(account: CurrentAccount):
    send(account.email)
"""
    )


def test_dependencies_of_routes_and_routers() -> None:
    check(
        """
guarded = APIRouter(dependencies=[Depends(ensure_consent)])
included = APIRouter()
twice = APIRouter()
app = FastAPI()
strict_app = FastAPI(dependencies=[Depends(ensure_consent)])

@router.get("/x", dependencies=[Depends(ensure_consent)])
def route(account: CurrentAccount):
    send(account.email)

@router.get("/x", dependencies=[Depends(report_consent)])
def reported(account: CurrentAccount):
    send(account.email)  # expect: DU101

@router.api_route("/x", methods=["GET"], dependencies=[Depends(ensure_consent)])
def api_route(account: CurrentAccount):
    send(account.email)

@router.get("/one", dependencies=[Depends(ensure_consent)])
@router.get("/two")
def two_routes(account: CurrentAccount):
    send(account.email)  # expect: DU101

@guarded.get("/x")
def in_router(account: CurrentAccount):
    send(account.email)

@included.get("/x")
def in_included(account: CurrentAccount):
    send(account.email)

@twice.get("/x")
def in_both(account: CurrentAccount):
    send(account.email)  # expect: DU101

@app.get("/x")
def in_app(account: CurrentAccount):
    send(account.email)  # expect: DU101

@strict_app.get("/x")
def in_strict_app(account: CurrentAccount):
    send(account.email)

def added(account: CurrentAccount):
    send(account.email)

def added_freely(account: CurrentAccount):
    send(account.email)  # expect: DU101

app.include_router(router)
app.include_router(included, prefix="/i", dependencies=[Depends(ensure_consent)])
app.include_router(twice, dependencies=[Depends(ensure_consent)])
app.include_router(twice)
app.add_api_route("/added", added, dependencies=[Depends(ensure_consent)])
app.add_api_route("/free", endpoint=added_freely)
"""
    )


def test_routers_are_included_in_another_module() -> None:
    check(
        """
@router.get("/x")
def handler(account: CurrentAccount):
    send(account.email)
""",
        main="""
from fastapi import APIRouter, Depends, FastAPI
import app as notes

def create_app() -> FastAPI:
    app = FastAPI()
    api = APIRouter(prefix="/api")
    api.include_router(notes.router)
    app.include_router(api, dependencies=[Depends(notes.ensure_consent)])
    return app
""",
    )


def test_an_address_is_data_under_the_names_of_content() -> None:
    check(
        """
@router.get("/1/{question}")
def free(question: str, cv: str, prompt: Annotated[str, Query()] = "", email: str = Query(...), tone: str = ""):
    send(question)  # expect: DU101
    send(cv)  # expect: DU101
    send(prompt)  # expect: DU101
    send(email)  # expect: DU101
    send(tone)

@router.get("/2")
def numbers(age: int, name: str, message: bool = False):
    send(f"{age} {name} {message}")

@router.get("/3")
def guarded(message: str, account: ConsentingAccount):
    send(message)

@router.get("/4")
def of_another(message: str, target: Annotated[Account, Depends(target_account)]):
    if target.ai_consent:
        send(message)  # expect: DU101
"""
    )


def test_handlers_inside_a_factory() -> None:
    check(
        """
def create_app() -> FastAPI:
    made = FastAPI()

    @made.post("/1")
    async def free(letter: Letter):
        send(letter.full_name)  # expect: DU101

    @made.post("/2")
    async def guarded(letter: Letter, account: ConsentingAccount):
        send(letter.full_name)

    @made.post("/3", dependencies=[Depends(ensure_consent)])
    async def guarded_by_route(letter: Letter):
        send(letter.full_name)

    @made.get("/4/{account_id}")
    async def another(target: Account = Depends(target_account), _: None = Depends(ensure_consent)):
        send(target.email)  # expect: DU101

    @functools.lru_cache
    def shorten(account: Account):
        send(account.email)

    @made.get("/5")
    async def called(account: ConsentingAccount):
        shorten(account)

    return made
"""
    )


def test_what_a_request_brings() -> None:
    check(
        """
@router.post("/1")
def body(letter: Letter):
    send(letter.full_name)  # expect: DU101
    send(letter.style)

@router.post("/2")
def body_of_consenting(letter: Letter, account: ConsentingAccount):
    send(letter.full_name)

@router.post("/3", dependencies=[Depends(ensure_consent)])
async def guarded(letter: Annotated[Letter, Body(embed=True)]):
    send(f"{letter.full_name}")

@router.post("/4")
async def form(text: Annotated[str, Form()], account: CurrentAccount):
    send(text)  # expect: DU101
    if account.ai_consent:
        send(text)

@router.post("/5")
async def form_default(text: str = Form("")):
    send(text)  # expect: DU101

@router.post("/6")
async def upload(file: UploadFile, account: CurrentAccount):
    content = await file.read()
    send(content)  # expect: DU101
    if account.ai_consent:
        send(content)

@router.post("/7")
async def query(q: str, page: Annotated[int, Query()] = 0):
    send(f"{q} {page}")

@router.post("/8")
async def raw(request: Request, account: CurrentAccount):
    payload = await request.json()
    send(payload["full_name"])  # expect: DU101
    if account.ai_consent:
        send(payload["full_name"])

@router.post("/9")
async def raw_of_target(request: Request, target: Annotated[Account, Depends(target_account)]):
    form = await request.form()
    if target.ai_consent:
        send(form["full_name"])  # expect: DU101

@router.websocket("/10")
async def chat(websocket: WebSocket, account: CurrentAccount):
    await websocket.accept()
    while True:
        text = await websocket.receive_text()
        if account.ai_consent:
            send(text)
        else:
            send(text)  # expect: DU101

@router.post("/11")
def several(letters: list[Letter], account: CurrentAccount):
    for letter in letters:
        send(letter.full_name)  # expect: DU101
        if account.ai_consent:
            send(letter.full_name)
"""
    )


def test_background_tasks_are_called() -> None:
    check(
        """
def work(account: Account, tone: str):
    send(f"{tone} {account.email}")

async def work_async(account: Account, *, tone: str):
    send(f"{tone} {account.email}")

@router.post("/1")
def later(tasks: BackgroundTasks, account: CurrentAccount):
    tasks.add_task(work, account, "warm")  # expect: DU101

@router.post("/2")
def later_async(tasks: BackgroundTasks, account: CurrentAccount):
    tasks.add_task(work_async, account, tone="warm")  # expect: DU101

@router.post("/3")
def allowed(tasks: BackgroundTasks, account: ConsentingAccount):
    tasks.add_task(work, account=account, tone="warm")
"""
    )


def test_wrapped_handlers() -> None:
    check(
        """
def logged(handler):
    @functools.wraps(handler)
    async def wrapper(*args, **kwargs):
        print("called")
        return await handler(*args, **kwargs)  # expect: DU101
    return wrapper

def consent_required(handler):
    @functools.wraps(handler)
    async def wrapper(*args, account: CurrentAccount, **kwargs):
        if not account.ai_consent:
            raise HTTPException(403)
        return await handler(*args, account=account, **kwargs)
    return wrapper

def consent_in_keywords(handler):
    @functools.wraps(handler)
    async def wrapper(*args, **kwargs):
        if not kwargs["account"].ai_consent:
            raise HTTPException(403)
        return await handler(*args, **kwargs)
    return wrapper

@router.post("/1")
@logged
async def free(account: CurrentAccount):
    send(account.email)

@router.post("/2")
@consent_required
async def checked(account: CurrentAccount):
    send(account.email)

@router.post("/3")
@consent_in_keywords
async def checked_by_keyword(account: CurrentAccount, letter: Letter):
    send(account.email)
"""
    )


def test_called_directly_a_handler_gets_what_it_is_given() -> None:
    check(
        """
def summarise(account: Account = Depends(consenting_account)):
    send(account.email)  # case: given by the framework it is proven

def elsewhere(session: Session):
    somebody = session.get(Account, 1)
    summarise(somebody)  # expect: DU101
"""
    )


def test_dependencies_that_send_themselves() -> None:
    check(
        """
def summary(account: CurrentAccount) -> str:
    return send(account.email)  # expect: DU101

def allowed_summary(account: ConsentingAccount) -> str:
    return send(account.email)

@router.get("/1")
def handler(text: Annotated[str, Depends(summary)], other: Annotated[str, Depends(allowed_summary)]):
    return text
"""
    )


def test_starlette() -> None:
    check(
        """
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Route

async def home(request):
    data = await request.json()
    send(data["full_name"])  # expect: DU101

class Letters(HTTPEndpoint):
    async def post(self, request):
        data = await request.form()
        send(data["full_name"])  # expect: DU101

application = Starlette(routes=[Route("/", home), Route("/letters", endpoint=Letters)])
"""
    )


def test_odd_programs_do_not_fail() -> None:
    check(
        """
def loop(value=Depends()):
    return value

def mutual(value=Depends(lambda: other())):
    return value

def other(value=Depends(mutual)):
    return value

@router.get(*["/x"], **{})
def handler(a=Depends(loop), b=Depends(mutual), c=Depends(3), *args, d=Depends(undefined), **kwargs):
    send("nothing")

app = FastAPI(dependencies=None)
app.include_router()
app.add_api_route()
"""
    )
