from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Holder(Base):
    __tablename__ = "holders"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    ai_consent: Mapped[bool] = mapped_column(default=False)


class Claim(Base):
    __tablename__ = "claims"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    holder: Mapped[Holder] = relationship()
    medical_history: Mapped[str]
    transcript: Mapped[str]


engine = create_engine("sqlite://")


def open_claims(consenting=False):
    statement = select(Claim).join(Claim.holder).order_by(Claim.id)
    if consenting:
        statement = statement.where(Holder.ai_consent.is_(True))
    with Session(engine) as session:
        yield from session.scalars(statement)
