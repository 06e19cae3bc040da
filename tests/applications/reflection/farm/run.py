import importlib
from dataclasses import dataclass

from farm.actions import Actions


@dataclass
class Farmer:
    email: str
    ai_consent: bool


def by_getattr(farmer: Farmer):
    return getattr(Actions(), "summarise")(farmer.email)  # noqa: B009  # expect: DU101


def by_import(farmer: Farmer):
    module = importlib.import_module("farm.actions")
    return module.Actions().summarise(farmer.email)  # expect: DU101


def by_method_of_a_row(farmer: Farmer, row):
    return getattr(Actions(), row["action"])(farmer.email)  # expect: DU101


def by_other_name(farmer: Farmer):
    return getattr(Actions(), "measure")(farmer.email)  # noqa: B009


def checked(farmer: Farmer, action="summarise"):
    if not farmer.ai_consent:
        raise PermissionError
    return getattr(Actions(), action)(farmer.email)
