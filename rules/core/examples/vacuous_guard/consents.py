"""Checks of consent: three that refuse nobody, and one that asks."""

import logging

ENFORCE = False

log = logging.getLogger(__name__)


def has_consent(customer):  # expect: DU501
    return True


def require(customer):  # expect: DU501
    log.debug("checking %s", customer.id)
    if ENFORCE and customer.id not in load_consents():
        raise PermissionError


def opted_out(customer):  # expect: DU501
    if not ENFORCE:
        return False
    return customer.id in load_consents()


def has_agreed(customer):
    return customer.id in load_consents()


def load_consents(): ...
