"""SQLAlchemy: what statements select, and what their conditions prove of the rows."""

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
id = "test.opt-out"
field = ["ai_opt_out"]
when = false
allows = ["ai"]
[[guard]]
id = "test.status"
field = ["consent_status"]
equals = ["granted"]
allows = ["ai"]
[[guard]]
id = "test.time"
field = ["ai_consented_at"]
set = true
allows = ["ai"]
[[guard]]
id = "test.row"
row = ["models.Consent"]
person = "account"
purpose = "purpose"
where = { granted = true, withdrawn_at = "null" }
[purposes]
"ai" = ["ai"]
[[source]]
id = "test.body"
path = ["models.Note().body"]
category = "user.content.private"
"""

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    full_name: Mapped[str] = mapped_column()
    plan: Mapped[str]
    consent_status: Mapped[str]
    ai_consent: Mapped[bool | None]
    ai_opt_out: Mapped[bool | None]
    ai_consented_at: Mapped[str | None]
    notes: Mapped[list["Note"]] = relationship(back_populates="owner")
    consents: Mapped[list["Consent"]] = relationship(back_populates="account")

class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    body: Mapped[str]
    owner: Mapped[Account] = relationship(back_populates="notes")

class Consent(Base):
    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    purpose: Mapped[str]
    granted: Mapped[bool]
    withdrawn_at: Mapped[str | None]
    account: Mapped[Account] = relationship(back_populates="consents")
"""

HEAD = """
import openai
from sqlalchemy import and_, exists, func, not_, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased, joinedload
from models import Account, Consent, Note

client = openai.OpenAI()

def send(text):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])

"""


def check(body: str) -> None:
    assert_labels({"models.py": MODELS, "app.py": HEAD + body}, POLICY)


# A condition on accounts, and whether it proves that the account has consented.
CONDITIONS = [
    ("Account.ai_consent.is_(True)", True),
    ("Account.ai_consent == True", True),
    ("True == Account.ai_consent", True),
    ("Account.ai_consent", True),
    ("Account.ai_consent != False", True),  # NULL is not unequal to anything
    ("Account.ai_consent.is_not(False)", False),
    ("Account.ai_consent.isnot(None)", False),
    ("Account.ai_consent.is_not(None)", False),
    ("Account.ai_consent != None", False),
    ("Account.ai_consent == False", False),
    ("~Account.ai_consent", False),
    ("not_(Account.ai_consent.is_(True))", False),
    ("not_(Account.ai_consent.is_(False))", False),
    ("Account.ai_consent.in_([True])", True),
    ("Account.ai_consent.in_([True, False])", False),
    ("Account.ai_opt_out == False", True),
    ("~Account.ai_opt_out", True),
    ("Account.ai_opt_out.is_not(True)", True),
    ("Account.ai_opt_out", False),
    ("Account.consent_status == 'granted'", True),
    ("Account.consent_status != 'granted'", False),
    ("Account.consent_status.in_(['granted'])", True),
    ("Account.consent_status.in_(['granted', 'pending'])", False),
    ("Account.consent_status.not_in(['refused'])", False),
    ("Account.ai_consented_at.is_not(None)", True),
    ("Account.ai_consented_at != None", True),
    ("Account.ai_consented_at < func.now()", True),
    ("Account.ai_consented_at.is_(None)", False),
    ("and_(Account.ai_consent, Account.plan == 'free')", True),
    ("or_(Account.ai_consent, Account.plan == 'free')", False),
    ("or_(Account.ai_consent.is_(True), Account.consent_status == 'granted')", True),
    ("or_(and_(Account.ai_consent, Account.plan == 'a'), and_(Account.ai_consent, Account.plan == 'b'))", True),
    ("(Account.ai_consent == True) & (Account.plan == 'free')", True),
    ("(Account.ai_consent == True) | (Account.plan == 'free')", False),
    ("~(Account.ai_consent.is_not(True))", True),
    ("~((Account.ai_opt_out == True) | (Account.plan == 'free'))", True),
    ("Account.plan == 'free'", False),
    ("Account.consents.any(and_(Consent.purpose == 'ai', Consent.granted, Consent.withdrawn_at.is_(None)))", True),
    ("Account.consents.any(and_(Consent.purpose == 'ads', Consent.granted, Consent.withdrawn_at.is_(None)))", False),
    ("Account.consents.any(Consent.purpose == 'ai')", False),
]


@pytest.mark.parametrize(("condition", "proves"), CONDITIONS)
def test_condition(condition: str, proves: bool) -> None:
    label = "" if proves else "  # expect: DU101"
    check(
        f"""
def new_style(session: Session):
    for account in session.scalars(select(Account).where({condition})):
        send(account.full_name){label}
"""
    )


RUNS = [
    "[account for account in session.scalars(STATEMENT)]",
    "session.scalars(STATEMENT).all()",
    "session.execute(STATEMENT).scalars().all()",
    "[row[0] for row in session.execute(STATEMENT)]",
    "[row.Account for row in session.execute(STATEMENT).all()]",
    "[account for (account,) in session.execute(STATEMENT).unique().fetchall()]",
    "list(session.scalars(STATEMENT.order_by(Account.id).limit(5).options(joinedload(Account.notes))))",
    "[m['Account'] for m in session.execute(STATEMENT).mappings()]",
    "[session.scalars(STATEMENT).first()]",
    "[session.scalar(STATEMENT)]",
    "[session.execute(STATEMENT).scalar_one()]",
    "[session.execute(STATEMENT).scalar_one_or_none()]",
    "[session.execute(STATEMENT).one()[0]]",
]


@pytest.mark.parametrize("run", RUNS)
def test_ways_to_run_a_statement(run: str) -> None:
    consenting = run.replace("STATEMENT", "select(Account).where(Account.ai_consent)")
    everybody = run.replace("STATEMENT", "select(Account).where(Account.plan == 'x')")
    check(
        f"""
def some(session: Session):
    accounts = {consenting}
    for account in accounts:
        send(account.full_name)

def all_of_them(session: Session):
    accounts = {everybody}
    for account in accounts:
        send(account.full_name)  # expect: DU101
"""
    )


QUERIES = [
    "QUERY.all()",
    "QUERY",
    "list(QUERY)",
    "QUERY.order_by(Account.id).limit(3)",
    "[QUERY.first()]",
    "[QUERY.one()]",
    "[QUERY.one_or_none()]",
    "[a for a in QUERY.options(joinedload(Account.notes)).yield_per(100)]",
]


@pytest.mark.parametrize("run", QUERIES)
def test_ways_to_run_a_query(run: str) -> None:
    head = "session.query(Account)"
    check(
        f"""
def some(session: Session):
    for account in {run.replace("QUERY", head + ".filter(Account.ai_consent == True)")}:
        send(account.email)

def by_keyword(session):
    for account in {run.replace("QUERY", head + ".filter_by(plan='x', ai_consent=True)")}:
        send(account.email)

def all_of_them(session: Session):
    for account in {run.replace("QUERY", head + ".filter_by(plan='x')")}:
        send(account.email)  # expect: DU101

def untyped(session):
    for account in {run.replace("QUERY", head)}:
        send(account.email)  # expect: DU101
"""
    )


JOINS = [
    ("select(Note).join(Note.owner).where(Account.ai_consent)", True),
    ("select(Note).join(Account).where(Account.ai_consent)", True),
    ("select(Note).join(Account, Account.id == Note.owner_id).where(Account.ai_consent)", True),
    ("select(Note).join(Account, and_(Account.id == Note.owner_id, Account.ai_consent))", True),
    ("select(Note).join(Account, Account.plan == Note.body).where(Account.ai_consent)", False),
    ("select(Note).outerjoin(Account, and_(Account.id == Note.owner_id, Account.ai_consent))", False),
    ("select(Note).outerjoin(Note.owner).where(Account.ai_consent)", True),
    ("select(Note).where(Note.owner_id == Account.id, Account.ai_consent)", True),
    ("select(Note).where(Note.owner.has(Account.ai_consent))", True),
    ("select(Note).where(Note.owner.has(ai_consent=True))", True),
    ("select(Note).where(Note.owner.has(plan='x'))", False),
    ("select(Note).where(~Note.owner.has(ai_consent=True))", False),
    ("select(Note).where(Note.owner_id.in_(select(Account.id).where(Account.ai_consent)))", True),
    ("select(Note).where(Note.owner_id.not_in(select(Account.id).where(Account.ai_consent)))", False),
    ("select(Note).where(Note.owner_id.in_(select(Account.id)))", False),
    ("select(Note).where(exists().where(Account.id == Note.owner_id, Account.ai_consent))", True),
    ("select(Note).where(select(Account).where(Account.id == Note.owner_id, Account.ai_consent).exists())", True),
    ("select(Note).where(~exists().where(Account.id == Note.owner_id, Account.ai_consent))", False),
    ("select(Note).where(exists().where(Account.ai_consent))", False),
    ("select(Note).join(Note.owner.of_type(Account)).where(Account.ai_consent).order_by(Note.id)", True),
    ("select(Note).select_from(Account).join(Account.notes).where(Account.ai_consent)", True),
    ("select(Note).join(Note.owner).filter_by(ai_consent=True)", True),
    (
        "select(Note).join(Note.owner).join(Account.consents).where(Consent.purpose == 'ai', Consent.granted,"
        " Consent.withdrawn_at.is_(None))",
        True,
    ),
    ("select(Note).join(Note.owner).join(Account.consents).where(Consent.granted)", False),
]


@pytest.mark.parametrize(("statement", "proves"), JOINS)
def test_joins(statement: str, proves: bool) -> None:
    label = "" if proves else "  # expect: DU101"
    check(
        f"""
def run(session: Session):
    for note in session.scalars({statement}):
        send(note.body){label}
"""
    )


def test_join_through_an_alias() -> None:
    check(
        """
def run(session: Session):
    Owner = aliased(Account)
    for note in session.scalars(select(Note).join(Owner, Owner.id == Note.owner_id).where(Owner.ai_consent)):
        send(note.body)

def other(session: Session):
    Reader = aliased(Account)
    statement = select(Note).join(Note.owner).join(Reader, Reader.id == 3).where(Reader.ai_consent)
    for note in session.scalars(statement):
        send(note.body)  # expect: DU101
"""
    )


def test_columns() -> None:
    check(
        """
def names(session: Session):
    for row in session.execute(select(Account.full_name, Account.plan)):
        send(row.full_name)  # expect: DU101

def positions(session: Session):
    for row in session.execute(select(Account.plan, Account.full_name)):
        send(row[1])  # expect: DU101

def harmless(session: Session):
    for row in session.execute(select(Account.plan, Account.full_name)):
        send(row[0])

def unpacked(session: Session):
    for plan, name in session.execute(select(Account.plan, Account.full_name)).all():
        send(plan)
        send(name)  # expect: DU101

def consenting(session: Session):
    for plan, name in session.execute(select(Account.plan, Account.full_name).where(Account.ai_consent)):
        send(name)

def labelled(session: Session):
    for row in session.execute(select(Account.plan, Account.email.label("address"))):
        send(row.address)  # expect: DU101

def joined(session: Session):
    for content, email in session.execute(select(Note.body, Account.email).join(Note.owner)):
        send(email)  # expect: DU101

def joined_consenting(session: Session):
    statement = select(Note.body, Account.email).join(Note.owner).where(Account.ai_consent)
    for content, email in session.execute(statement):
        send(f"{content} {email}")

def computed(session: Session):
    for (name,) in session.execute(select(func.lower(Account.email))):
        send(name)  # expect: DU101

def added(session: Session):
    for (name,) in session.execute(select(Account.full_name + " " + Account.email)):
        send(name)  # expect: DU101

def counted(session: Session):
    send(session.scalar(select(func.count(Account.id))))
    send(session.query(Account).count())
    send(session.scalar(select(func.count()).select_from(Account)))

def scalars(session: Session):
    send(", ".join(session.scalars(select(Account.email))))  # expect: DU101

def query(session):
    for name, plan in session.query(Account.full_name, Account.plan).filter(Account.ai_consent):
        send(name)
    for name, plan in session.query(Account.full_name, Account.plan):
        send(name)  # expect: DU101
"""
    )


def test_by_key() -> None:
    check(
        """
def get(session: Session, account_id: int):
    account = session.get(Account, account_id)
    send(account.email)  # expect: DU101

def checked(session: Session, account_id: int):
    account = session.get(Account, account_id)
    if account is None or not account.ai_consent:
        return
    send(account.email)

def owner(session: Session, note: Note):
    owner = session.get(Account, note.owner_id)
    if owner.ai_consent:
        send(note.body)

def somebody(session: Session, note: Note, reader_id: int):
    reader = session.get(Account, reader_id)
    if reader.ai_consent:
        send(note.body)  # expect: DU101

def two(session: Session, one_id: int, other_id: int):
    one, other = session.get(Account, one_id), session.get(Account, other_id)
    if one.ai_consent:
        send(other.email)  # expect: DU101

def loop(session: Session, ids: list[int]):
    checked = None
    for account_id in ids:
        account = session.get(Account, account_id)
        if account.ai_consent:
            checked = account
        send(account.email)  # expect: DU101

def legacy(session: Session, account_id: int):
    account = session.query(Account).get(account_id)
    if account.ai_consent:
        send(account.email)
    send(account.full_name)  # expect: DU101

def own_notes(session: Session, account: Account):
    if account.ai_consent:
        for note in session.scalars(select(Note).where(Note.owner_id == account.id)):
            send(note.body)

def others_notes(session: Session, account: Account, other: Account):
    if account.ai_consent:
        for note in session.scalars(select(Note).where(Note.owner_id == other.id)):
            send(note.body)  # expect: DU101

def own_notes_by_relation(session: Session, account: Account):
    if account.ai_consent:
        for note in session.query(Note).filter_by(owner=account):
            send(note.body)
"""
    )


def test_one_statement_run_twice_gives_two_people() -> None:
    check(
        """
BASE = select(Account)

def twice(session: Session, one_id: int, other_id: int):
    statement = select(Account)
    one = session.scalar(statement.where(Account.id == one_id))
    other = session.scalar(statement.where(Account.id == other_id))
    if one.ai_consent:
        send(one.email)
        send(other.email)  # expect: DU101

def shared(session: Session, one_id: int, other_id: int):
    one = session.scalar(BASE.where(Account.id == one_id))
    other = session.scalar(BASE.where(Account.id == other_id))
    if one.ai_consent:
        send(other.email)  # expect: DU101

def nested(session: Session):
    accounts = session.scalars(select(Account)).all()
    for one in accounts:
        if one.ai_consent:
            for other in accounts:
                send(other.email)  # expect: DU101
"""
    )


def test_rows_that_prove_consent() -> None:
    check(
        """
def statement(account):
    return select(Consent).where(
        Consent.account_id == account.id, Consent.purpose == "ai",
        Consent.granted.is_(True), Consent.withdrawn_at.is_(None),
    )

def found(session: Session, account: Account):
    if session.scalar(statement(account)) is not None:
        send(account.email)
    else:
        send(account.full_name)  # expect: DU101

def first(session: Session, account: Account):
    consent = session.scalars(statement(account)).first()
    if not consent:
        return
    send(account.email)

def one(session: Session, account: Account):
    session.execute(statement(account)).scalar_one()
    send(account.email)

def ignored(session: Session, account: Account):
    session.execute(statement(account)).scalar_one_or_none()
    send(account.email)  # expect: DU101

def existing(session: Session, account: Account):
    if session.query(statement(account).exists()).scalar():
        send(account.email)

def selected(session: Session, account: Account):
    if session.scalar(select(exists().where(Consent.account_id == account.id, Consent.purpose == "ai",
                                            Consent.granted == True, Consent.withdrawn_at == None))):
        send(account.email)

def legacy(session: Session, account: Account):
    query = session.query(Consent).filter_by(account_id=account.id, purpose="ai", granted=True, withdrawn_at=None)
    if query.first():
        send(account.email)
    if query.count():
        send(account.email)

def other_purpose(session: Session, account: Account):
    query = session.query(Consent).filter_by(account_id=account.id, purpose="ads", granted=True, withdrawn_at=None)
    if query.first():
        send(account.email)  # expect: DU101

def withdrawn(session: Session, account: Account):
    query = session.query(Consent).filter_by(account_id=account.id, purpose="ai", granted=True)
    if query.first():
        send(account.email)  # expect: DU101

def anybody(session: Session, account: Account):
    query = session.query(Consent).filter_by(purpose="ai", granted=True, withdrawn_at=None)
    if query.first():
        send(account.email)  # expect: DU101

def other_person(session: Session, account: Account, other: Account):
    query = session.query(Consent).filter_by(account=other, purpose="ai", granted=True, withdrawn_at=None)
    if query.first():
        send(account.email)  # expect: DU101

def column(session: Session, account: Account):
    if session.scalar(select(Account.ai_consent).where(Account.id == account.id)):
        send(account.email)

async def asynchronous(session: AsyncSession, account: Account):
    if (await session.execute(statement(account))).scalar_one_or_none() is not None:
        send(account.email)
"""
    )


def test_statements_across_functions() -> None:
    check(
        """
def consenting(statement):
    return statement.where(Account.ai_consent.is_(True))

def fetch(session: Session, statement):
    return session.scalars(statement).all()

def run(session: Session):
    for account in fetch(session, consenting(select(Account))):
        send(account.email)
    for account in fetch(session, select(Account)):
        send(account.email)  # expect: DU101

class Accounts:
    def __init__(self, session: Session) -> None:
        self.session = session

    def consenting(self) -> list[Account]:
        return list(self.session.scalars(select(Account).where(Account.ai_consent)))

    def everybody(self) -> list[Account]:
        return self.session.query(Account).all()

def repository(accounts: Accounts):
    for account in accounts.consenting():
        send(account.email)
    for account in accounts.everybody():
        send(account.email)  # expect: DU101

def optional(session: Session, only: bool):
    statement = select(Account)
    if only:
        statement = statement.where(Account.ai_consent)
    for account in session.scalars(statement):
        send(account.email)  # expect: DU101

async def asynchronous(session: AsyncSession):
    result = await session.execute(select(Account).where(Account.ai_consent))
    for account in result.scalars():
        send(account.email)
    async for account in await session.stream_scalars(select(Account)):
        send(account.email)  # expect: DU101
"""
    )
