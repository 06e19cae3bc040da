"""Which mutants are made of a check, by its kind and the way it is asked."""

from __future__ import annotations

from textwrap import dedent

import pytest

from datause_lint.findings.finding import GuardSeen, Location
from datause_lint.mutation.mutant import Operator
from datause_lint.mutation.operators import Spoiler
from datause_lint.mutation.tree import Tree, read_tree
from datause_lint.names import UseKey
from datause_lint.policy.entries import Guard
from datause_lint.policy.loader import PackText, load_policy

POLICY = """
schema = 1
[pack]
name = "tests"

[[guard]]
id = "field"
field = ["ai_consent"]
allows = ["ai"]

[[guard]]
id = "opt-out"
field = ["opted_out"]
when = false
allows = ["ai"]

[[guard]]
id = "status"
field = ["status"]
equals = ["granted"]
allows = ["ai"]

[[guard]]
id = "since"
field = ["agreed_at"]
set = true
allows = ["ai"]

[[guard]]
id = "method"
test = ["people.User().may"]
subject = "self"
purpose = "0"

[[guard]]
id = "function"
test = ["registry.consented"]
subject = "person"
allows = ["ai"]

[[guard]]
id = "enforced"
enforce = ["registry.require"]
purpose = "purpose|1"

[[guard]]
id = "decorated"
decorator = ["registry.required"]
subject = "any"
purpose = "0"

[[guard]]
id = "scope"
context = ["registry.scope"]
subject = "0"
allows = ["ai"]

[[guard]]
id = "only"
filter = ["registry.only"]
allows = ["ai"]

[[guard]]
id = "row"
row = ["consents.Consent"]
person = "user"
purpose = "purpose"
where = { granted = true }

[purposes]
"assistant" = ["ai.inference"]
"mail" = ["ai.publication"]
"""

TABLES = load_policy([PackText("tests.toml", POLICY)], default_packs=False)
SPOILER = Spoiler(TABLES, lambda function, parameter: 1 if (function, parameter) == ("consented", "person") else None)


def mutants(guard: str, code: str) -> dict[str, str]:
    """The mutants of the check between ``«`` and ``»``, by operator: the lines that differ."""
    marked = dedent(code).strip("\n") + "\n"
    before, _, rest = marked.partition("«")
    inside, _, after = rest.partition("»")
    text = before + inside + after
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    end_line = line + inside.count("\n")
    end_column = column + len(inside) if end_line == line else len(inside) - inside.rfind("\n")
    seen = GuardSeen(
        Location("app.py", line, column, end_line, end_column), guard, True, None, "", (UseKey("ai.inference"),)
    )
    (entry,) = [each for each in TABLES.policy.of(Guard) if each.id == guard]
    tree = read_tree(text)
    assert tree is not None
    made = {mutant.operator.value: mutant.after for mutant in SPOILER.mutants(tree, seen, entry)}
    for changed in made.values():
        compile(changed, "app.py", "exec")
    return {name: _difference(text, changed) for name, changed in made.items()}


def _difference(before: str, after: str) -> str:
    old = before.splitlines()
    return "\n".join(line.strip() for line in after.splitlines() if line not in old)


CONDITIONS = [
    ("field", "if «user.ai_consent»:\n    pass", "if True:", "if (not (user.ai_consent)):"),
    ("field", "if not «user.ai_consent»:\n    pass", "if not True:", "if not (not (user.ai_consent)):"),
    ("field", "if «user.ai_consent» is not True:\n    pass", "if False:", "if (not (user.ai_consent is not True)):"),
    ("field", "if «user.ai_consent» in (None, False):\n    pass", "if False:", None),
    (
        "field",
        "if bool(«user.ai_consent») and x:\n    pass",
        "if True and x:",
        "if (not (bool(user.ai_consent))) and x:",
    ),
    ("field", "if «person['ai_consent']»:\n    pass", "if True:", "if (not (person['ai_consent'])):"),
    ("field", "if «getattr(user, 'ai_consent', False)»:\n    pass", "if True:", None),
    ("opt-out", "if «user.opted_out»:\n    pass", "if False:", "if (not (user.opted_out)):"),
    ("status", "if «user.status» == Status.GRANTED:\n    pass", "if True:", None),
    ("status", "if «user.status».value != 'granted':\n    pass", "if False:", None),
    ("status", "if (state := «user.status») == 'granted':\n    pass", "if True:", None),
    ("field", "if «row['ai_consent']» == 'yes':\n    pass", "if True:", "if (not (row['ai_consent'] == 'yes')):"),
    ("field", "if «row['ai_consent']» in ('yes', '1'):\n    pass", "if True:", None),
    ("field", "if «row['ai_consent']» != '0':\n    pass", "if True:", None),
    (
        "field",
        "if (agreed := «user.ai_consent») and x:\n    pass",
        "if (agreed := True) and x:",
        "if (agreed := (not (user.ai_consent))) and x:",
    ),
    ("since", "if «user.agreed_at» is None:\n    pass", "if False:", "if (not (user.agreed_at is None)):"),
    ("method", "if await «user.may('assistant')»:\n    pass", "if True:", "if (not (await user.may('assistant'))):"),
]


@pytest.mark.parametrize(("guard", "code", "removed", "negated"), CONDITIONS)
def test_a_condition_is_removed_and_negated(guard: str, code: str, removed: str, negated: str | None) -> None:
    if "await" in code:
        code = "async def f(user):\n    " + code.replace("\n", "\n    ")
    made = mutants(guard, code)
    assert made["remove"] == removed
    assert negated is None or made["negate"] == negated
    assert "negate" in made


ROWS = [
    (
        "x = «read('x', columns=['ai_consent']).filter(pl.col('ai_consent'))»",
        "x = read('x', columns=['ai_consent'])",
        "x = read('x', columns=['ai_consent']).filter((~(pl.col('ai_consent'))))",
    ),
    ("frame = frame[«frame['ai_consent']»]", "frame = frame", "frame = frame[(~(frame['ai_consent']))]"),
    ("x = frame[(frame['n'] < 3) & «frame['ai_consent']»]", "x = frame[(frame['n'] < 3)]", None),
    ("x = frame.loc[«frame['ai_consent']», ['n']]", "x = frame.loc[:, ['n']]", None),
    ("x = select(Note).where(«User.ai_consent.is_(True)», User.active)", "x = select(Note).where(User.active)", None),
    ("x = select(Note).where(«User.ai_consent»)", "x = select(Note)", "x = select(Note).where((~(User.ai_consent)))"),
    ("x = «User.objects.filter(active=True, ai_consent=True)»", "x = User.objects.filter(active=True, )", None),
    (
        "x = «User.objects.filter(ai_consent=True)»",
        "x = User.objects.filter()",
        "x = User.objects.filter(ai_consent=False)",
    ),
    ("x = «User.objects.filter(old & Q(ai_consent=True))»", "x = User.objects.filter(old)", None),
    ("x = «run('SELECT a FROM b WHERE ai_consent = 1')»", "x = run('SELECT a FROM b WHERE 1 = 1')", None),
    ('x = «frame.query("ai_consent and n > 3")»', 'x = frame.query("1 == 1 and n > 3")', None),
]


@pytest.mark.parametrize(("code", "removed", "negated"), ROWS)
def test_a_condition_on_rows_is_left_out_and_turned_round(code: str, removed: str, negated: str | None) -> None:
    made = mutants("field", code)
    assert made["remove"].rstrip() == removed
    assert negated is None or made["negate"] == negated
    assert {"negate", "use"} <= made.keys()


SPOILED = [
    (
        "method",
        "x = «user.may('assistant')»",
        {"use": "x = user.may('mail')", "subject": "x = another_person.may('assistant')"},
    ),
    (
        "function",
        "x = «registry.consented(now, user)»",
        {"use": "x = registry.marketing_consent(now, user)", "subject": "x = registry.consented(now, another_person)"},
    ),
    (
        "field",
        "x = «user.profile.ai_consent»",
        {"use": "x = user.profile.marketing_consent", "subject": "x = another_person.ai_consent"},
    ),
    (
        "enforced",
        "«registry.require(user, purpose=p)»",
        {
            "remove": "None",
            "use": "registry.require(user, purpose='mail')",
            "subject": "registry.require(another_person, purpose=p)",
        },
    ),
    (
        "decorated",
        "@«registry.required('assistant')»\ndef f(): pass",
        {"remove": "", "use": "@registry.required('mail')"},
    ),
    (
        "scope",
        "with «registry.scope(user)»:\n    pass",
        {
            "remove": "with (__import__('contextlib').nullcontext()):",
            "use": "with registry.marketing_consent(user):",
            "subject": "with registry.scope(another_person):",
        },
    ),
    ("only", "x = «registry.only(people)»", {"remove": "x = people", "use": "x = registry.marketing_consent(people)"}),
    (
        "row",
        "x = «Consent.objects.filter(user=user, purpose='assistant', granted=True)».exists()",
        {
            "remove": "x = True",
            "negate": "x = Consent.objects.filter(user=user, purpose='assistant', granted=False).exists()",
            "use": "x = Consent.objects.filter(user=user, purpose='another purpose', granted=True).exists()",
            "subject": "x = Consent.objects.filter(user=another_person, purpose='assistant', granted=True).exists()",
        },
    ),
    (
        "row",
        "x = «select(User)».join(Consent, Consent.user_id == User.id).where(Consent.granted == True).limit(3)",
        {"remove": "x = select(User).limit(3)"},
    ),
]


@pytest.mark.parametrize(("guard", "code", "expected"), SPOILED)
def test_each_kind_of_check_is_spoiled(guard: str, code: str, expected: dict[str, str]) -> None:
    made = mutants(guard, code)
    assert {name: made.get(name) for name in expected} == expected


def test_a_check_that_is_no_condition_is_not_negated() -> None:
    made = mutants("status", "match «user.status»:\n    case 'granted':\n        pass")
    assert made.keys() == {"use", "subject"}


def test_all_else_stays_as_it_is() -> None:
    text = "if   user.ai_consent :   # a comment\n\tpass\n\n"
    tree = Tree(text)
    node = tree.expression_at(Location("app.py", 1, 6, 1, 21))
    assert node is not None
    assert tree.replaced({node: node.deep_clone()}) == text


def test_the_operators_have_names() -> None:
    assert [operator.value for operator in Operator] == ["remove", "negate", "use", "subject"]
