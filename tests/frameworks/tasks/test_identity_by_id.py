"""An id that a record was fetched by stands for the person: the right one, and nobody else."""

# ruff: noqa: E501  # a program or call stands on one line

from __future__ import annotations

import pytest
from tests.frameworks.tasks.test_queues import POLICY
from tests.programs import assert_labels

STORE = """
import psycopg
from dataclasses import dataclass
from openai import OpenAI

client = OpenAI()

class Ledger:
    def allows(self, customer_id, purpose):
        return bool(psycopg.connect("").execute("SELECT 1"))

ledger = Ledger()

@dataclass
class Customer:
    id: int
    email: str
    invited_by: int | None = None

def ask(text):
    return client.responses.create(model="gpt-4o", input=text)
"""

LOADERS = [
    "def load(customer_id: int) -> Customer:\n    return fetch_one('SELECT', customer_id)",
    "def load_customer(customer_id):\n    return remote.customers(customer_id)\nload = load_customer",
    "def load_customer(customer_id) -> Customer | None:\n    cursor.execute('S', (customer_id,))\n    return cursor.fetchone()\nload = load_customer",
    "def load_customer(customer_id):\n    row = rows(customer_id)\n    return Customer(row[0], row[1], row[2])\nload = load_customer",
    "def load_customer(customer_id):\n    row = rows(customer_id)\n    if row is None:\n        raise LookupError(customer_id)\n    return Customer(id=row['id'], email=row['email'])\nload = load_customer",
    "class Repository:\n    def get(self, customer_id) -> Customer:\n        return self.session.find_by(customer_id)\nload = Repository().get",
    "class Repository:\n    @staticmethod\n    def by_id(pk) -> Customer:\n        return backend.get(pk)\nload = Repository.by_id",
    "def load_customer(tenant_id, customer_id) -> Customer:\n    return backend.get(tenant_id, customer_id)\ndef load(id):\n    return load_customer(7, id)",
    "from functools import lru_cache\n@lru_cache\ndef load(customer_id) -> Customer:\n    return backend.get(customer_id)",
]


def labels(body: str) -> None:
    text = "from store import Customer, ledger, ask\nfrom elsewhere import remote, cursor, rows, backend, fetch_one\n"
    assert_labels({"store.py": STORE, "jobs.py": text + body}, POLICY.replace("ledger.Ledger", "store.Ledger"))


@pytest.mark.parametrize("loader", LOADERS, ids=range(len(LOADERS)))
def test_whoever_was_asked_about_by_the_same_id(loader: str) -> None:
    labels(f"""
{loader}

def asked_before(customer_id: int):
    if ledger.allows(customer_id, "assistant"):
        customer = load(customer_id)
        ask(customer.email)

def asked_after(customer_id: int):
    customer = load(customer_id)
    if not ledger.allows(customer_id, "assistant"):
        return
    ask(customer.email)

def asked_by_the_record(customer_id: int):
    customer = load(customer_id)
    if ledger.allows(customer.id, "assistant"):
        ask(customer.email)

def asked_about_another(customer_id: int, other_id: int):
    if ledger.allows(other_id, "assistant"):
        customer = load(customer_id)
        ask(customer.email)  # expect: DU101

def assigned_anew(customer_id: int, other_id: int):
    if ledger.allows(customer_id, "assistant"):
        customer_id = other_id
        customer = load(customer_id)
        ask(customer.email)  # expect: DU101

def two_of_them(customer_id: int, other_id: int):
    customer, other = load(customer_id), load(other_id)
    if ledger.allows(customer_id, "assistant"):
        ask(customer.email)
        ask(other.email)  # expect: DU101

def each_of_them(ids):
    for customer_id in ids:
        customer = load(customer_id)
        if not ledger.allows(customer_id, "assistant"):
            continue
        ask(customer.email)

def only_the_first(ids):
    if ledger.allows(ids[0], "assistant"):
        for customer_id in ids:
            customer = load(customer_id)
            ask(customer.email)  # expect: DU101

def collected(ids):
    customers = [load(customer_id) for customer_id in ids if ledger.allows(customer_id, "assistant")]
    for customer in customers:
        ask(customer.email)
    customers.append(load(ids[0]))
    for customer in customers:
        ask(customer.email)  # expect: DU101
""")


def test_who_stands_in_some_relation_is_somebody_else() -> None:
    labels("""
def load_customer(customer_id: int) -> Customer:
    return backend.get(customer_id)

def inviter_of(customer_id: int) -> Customer:
    return backend.query("SELECT i.* FROM customers c JOIN customers i ON i.id = c.invited_by", customer_id)

def guest_of_customer(customer_id: int):
    return backend.join("guests", customer_id)

def invited(customer_id: int):
    customer = load_customer(customer_id)
    if ledger.allows(customer_id, "assistant"):
        inviter = load_customer(customer.invited_by)
        ask(inviter.email)  # expect: DU101
        guest = guest_of_customer(customer_id)
        ask(guest.email)  # expect: DU101

def invited_and_asked(customer_id: int):
    customer = load_customer(customer_id)
    if ledger.allows(customer.invited_by, "assistant"):
        inviter = load_customer(customer.invited_by)
        ask(inviter.email)
        ask(customer.email)  # expect: DU101
""")


def test_what_a_function_makes_of_the_record() -> None:
    labels("""
def load_customer(customer_id: int) -> Customer:
    return backend.get(customer_id)

def email_of(customer_id):
    return load_customer(customer_id).email

def describe(customer_id):
    customer = load_customer(customer_id)
    return {"name": f"customer {customer.email}", "id": customer_id}

async def load_later(customer_id) -> Customer:
    return await backend.get(customer_id)

def agreed(customer_id) -> Customer | None:
    if ledger.allows(customer_id, "assistant"):
        return load_customer(customer_id)
    return None

def require(customer_id):
    if not ledger.allows(customer_id, "assistant"):
        raise PermissionError

def use(customer_id, other_id):
    require(customer_id)
    ask(email_of(customer_id))
    ask(describe(customer_id)["name"])
    ask(email_of(other_id))  # expect: DU101

def use_agreed(customer_id, other_id):
    customer = agreed(customer_id)
    if customer is None:
        return
    ask(customer.email)
    ask(load_customer(customer_id).email)
    ask(load_customer(other_id).email)  # expect: DU101

async def use_later(customer_id):
    customer = await load_later(customer_id)
    if ledger.allows(customer_id, "assistant"):
        ask(customer.email)

async def use_unchecked(customer_id):
    customer = await load_later(customer_id)
    ask(customer.email)  # expect: DU101
""")
