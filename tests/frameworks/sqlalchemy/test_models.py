"""SQLAlchemy: styles of models, sessions, tables."""

from __future__ import annotations

from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "test.consent"
field = ["ai_consent"]
allows = ["ai"]
"""

SEND = """
import openai
client = openai.OpenAI()
def send(text):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
"""


def check(models: str, body: str) -> None:
    assert_labels({"models.py": models, "app.py": SEND + body}, POLICY)


CLASSIC = """
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import backref, relationship

Base = declarative_base()

class TimestampMixin:
    created_at = Column(Integer)

class Account(TimestampMixin, Base):
    __tablename__ = "accounts"
    id = Column(Integer, primary_key=True)
    email = Column(String(100))
    ai_consent = Column(Boolean)
    active = Column(Boolean)
    profile = relationship("Profile", uselist=False, back_populates="account")

    @hybrid_property
    def may_be_sent(self):
        return self.ai_consent

    @hybrid_property
    def is_active(self):
        return self.active

class Profile(Base):
    __tablename__ = "profiles"
    id = Column(Integer, primary_key=True)
    account_id = Column(Integer, ForeignKey("accounts.id"))
    date_of_birth = Column(String)
    account = relationship("Account", back_populates="profile")

class Ticket(Base):
    __tablename__ = "tickets"
    id = Column(Integer, primary_key=True)
    account_id = Column(ForeignKey("accounts.id"))
    cover_letter = Column(Text)
    account = relationship(lambda: Account, backref=backref("tickets", lazy="dynamic"))
"""


def test_classic_models() -> None:
    check(
        CLASSIC,
        """
from models import Account, Profile, Ticket

def relations(session):
    for ticket in session.query(Ticket):
        if ticket.account.ai_consent:
            send(ticket.cover_letter)
        send(ticket.cover_letter)  # expect: DU101

def to_many(account: Account):
    for ticket in account.tickets:
        send(ticket.cover_letter)  # expect: DU101
    if account.ai_consent:
        for ticket in account.tickets:
            send(ticket.cover_letter)

def to_one(account: Account):
    send(account.profile.date_of_birth)  # expect: DU101
    if account.ai_consent:
        send(account.profile.date_of_birth)

def back(profile: Profile):
    if profile.account.ai_consent:
        send(profile.date_of_birth)

def hybrid(session):
    for account in session.query(Account).filter(Account.may_be_sent):
        send(account.email)
    for account in session.query(Account).filter(Account.is_active):
        send(account.email)  # expect: DU101
    for account in session.query(Account).filter(Account.is_active, ~Account.may_be_sent):
        send(account.email)  # expect: DU101
    for account in session.query(Account):
        if account.may_be_sent:
            send(account.email)
        if account.is_active:
            send(account.email)  # expect: DU101

def joined(session):
    for ticket in session.query(Ticket).join(Ticket.account).filter(Account.ai_consent == True):
        send(ticket.cover_letter)
    for ticket in session.query(Ticket).join(Account).filter(Account.ai_consent.is_(True)):
        send(ticket.cover_letter)
    for ticket in session.query(Ticket).join(Account).filter(Account.active):
        send(ticket.cover_letter)  # expect: DU101
    for account, ticket in session.query(Account, Ticket).join(Ticket).filter(Account.ai_consent):
        send(account.email + ticket.cover_letter)
    for account, ticket in session.query(Account, Ticket).filter(Account.id == Ticket.account_id):
        send(ticket.cover_letter)  # expect: DU101
        if account.ai_consent:
            send(ticket.cover_letter)

def whole(session):
    send(session.query(Account).first())  # expect: DU101
""",
    )


def test_sessions() -> None:
    check(
        CLASSIC,
        """
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from models import Account

engine = create_engine("sqlite://")
Factory = sessionmaker(bind=engine)
Scoped = scoped_session(Factory)
AsyncFactory = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))

def made():
    with Session(engine) as session:
        send(session.get(Account, 1).email)  # expect: DU101

def factory():
    session = Factory()
    send(session.query(Account).first().email)  # expect: DU101

def begun():
    with Factory.begin() as session:
        send(session.scalars(select(Account)).first().email)  # expect: DU101

def scoped():
    send(Scoped.query(Account).filter_by(ai_consent=True).first().email)
    send(Scoped.query(Account).first().email)  # expect: DU101

async def asynchronous():
    async with AsyncFactory() as session:
        account = await session.scalar(select(Account).where(Account.ai_consent))
        send(account.email)
        account = (await session.execute(select(Account))).scalar_one()
        send(account.email)  # expect: DU101
    async with AsyncSession(engine) as session, session.begin():
        result = await session.stream(select(Account))
        async for account in result.scalars():
            send(account.email)  # expect: DU101

def connection():
    with engine.connect() as connection:
        for row in connection.execute(select(Account.id, Account.email)):
            send(row.email)  # expect: DU101
        for row in connection.execute(select(Account.email).where(Account.ai_consent)).mappings():
            send(row["email"])

class Repository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, account_id: int) -> Account:
        return self._session.get(Account, account_id)

    def find_consenting(self, account_id: int) -> Account | None:
        statement = select(Account).where(Account.id == account_id, Account.ai_consent)
        return self._session.execute(statement).scalars().one_or_none()

def repository(accounts: Repository):
    send(accounts.find(1).email)  # expect: DU101
    account = accounts.find_consenting(1)
    if account:
        send(account.email)
""",
    )


def test_tables_and_subqueries() -> None:
    check(
        CLASSIC,
        """
from sqlalchemy import Boolean, Column, MetaData, String, Table, select
from sqlalchemy.orm import Session
from models import Account, Ticket

metadata = MetaData()
people = Table("people", metadata, Column("email", String), Column("ai_consent", Boolean))

def table(connection):
    for row in connection.execute(select(people.c.email)):
        send(row.email)  # expect: DU101
    for row in connection.execute(select(people.c.email).where(people.c.ai_consent.is_(True))):
        send(row.email)
    for row in connection.execute(people.select()):
        send(row.email)  # expect: DU101

def subquery(session: Session):
    consenting = select(Account.id).where(Account.ai_consent).subquery()
    for ticket in session.scalars(select(Ticket).where(Ticket.account_id.in_(consenting))):
        send(ticket.cover_letter)
    for ticket in session.scalars(select(Ticket).join(consenting, consenting.c.id == Ticket.account_id)):
        send(ticket.cover_letter)
    everybody = select(Account.id, Account.email).cte()
    for email in session.scalars(select(everybody.c.email)):
        send(email)  # expect: DU101

def union(session: Session):
    one = select(Account).where(Account.ai_consent)
    other = select(Account).where(Account.active)
    for account in session.scalars(one.union_all(other)):
        send(account.email)  # expect: DU101
""",
    )


def test_odd_programs_do_not_fail() -> None:
    check(
        CLASSIC,
        """
from sqlalchemy import and_, exists, func, not_, or_, select
from models import Account

def odd(session, *args, **kwargs):
    select()
    select(*args)
    select(3).where(*args, **kwargs)
    select(Account).where().where(*args).filter_by(**kwargs).join().join(*args).join(3)
    session.execute()
    session.execute(*args)
    session.get(Account)
    session.query()
    session.query(Account).get()
    session.scalars(select(Account).where(or_(*args), and_(), not_())).all(*args)
    exists().where(*args)
    Account.ai_consent.in_()
    Account.ai_consent.is_()
    Account.profile.has(*args, **kwargs)
    Account.nothing.any()
    func.count(*args)
    select(func.nothing(*args)).subquery().c.x
    Account.email + 3 == 5 < Account.id
    ~(Account.email | 3) & None
    send("nothing")
""",
    )


BESIDE = """
from shared.db import Base, TimestampMixin
from sqlalchemy import Boolean, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

class Account(TimestampMixin, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    ai_consent: Mapped[bool] = mapped_column(Boolean)

class Note(TimestampMixin, Base):
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship()
    text: Mapped[str] = mapped_column()
"""


def test_columns_make_a_model_whatever_it_derives_from() -> None:
    check(
        BESIDE,
        """
from models import Note
from sqlalchemy.orm import Session

def free(session: Session, number: int):
    send(session.get(Note, number).text)  # expect: DU101

def guarded(session: Session):
    for note in session.query(Note):
        if note.author.ai_consent:
            send(note.text)
""",
    )
