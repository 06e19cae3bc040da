import json
import string
import textwrap

from jinja2 import Environment

GREETING = "Write to %s (%s)."
REMINDER = string.Template("Remind $name about the bill of $amount.")
TEMPLATES = Environment()


def formatted(member):
    return f"Describe {member.full_name}, born {member.date_of_birth}."


def old_style(member):
    return GREETING % (member.full_name, member.email)


def by_template(member):
    return REMINDER.substitute(name=member.full_name, amount=10)


def rendered(member):
    return TEMPLATES.from_string("Dear {{ member.email }}").render(member=member)


def joined(members):
    return "\n".join(f"- {member.email.lower()}" for member in members)


def as_json(member):
    return json.dumps({"to": member.email, "kind": "reminder"}, indent=2)


def summed(member):
    text = "To: "
    text += member.email
    text = textwrap.dedent(text).replace("\n", " ")
    return text[:200]


def number_of(members):
    return f"There are {len(members)} members."
