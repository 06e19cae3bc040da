from dataclasses import dataclass

from bank.providers import Echo, complete_by_if, provider


@dataclass
class Customer:
    iban: str
    email: str
    ai_consent: bool


def by_registry(customer: Customer, name):
    return provider(name).complete(f"Write to {customer.email}")  # expect: DU101 DU101


def by_chain_of_ifs(customer: Customer, name):
    return complete_by_if(name, customer.iban)  # expect: DU101 DU101


def by_constant(customer: Customer):
    return complete_by_if("echo", customer.iban)


def by_table(customer: Customer, kind):
    handlers = {"formal": _formal, "short": lambda text: provider("openai").complete(text)}
    return handlers[kind](customer.email)  # expect: DU101


def _formal(text):
    return f"Dear {text}"


def checked(customer: Customer, name):
    if customer.ai_consent:
        return provider(name).complete(customer.email)
    return Echo().complete(customer.email)
