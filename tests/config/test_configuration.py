from __future__ import annotations

from pathlib import Path

import pytest

from datause_lint.config.load import Configuration, load_configuration
from datause_lint.errors import ConfigurationError
from datause_lint.policy.entries import Severity


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def load(*paths: str, explicit: str | None = None) -> Configuration:
    return load_configuration([Path(path) for path in paths], Path(explicit) if explicit else None)


def problems(folder: Path, text: str) -> list[str]:
    write(folder, "datause.toml", text)
    with pytest.raises(ConfigurationError) as caught:
        load(".")
    return str(caught.value).split("\n")


def test_defaults_where_there_is_no_file(folder: Path) -> None:
    assert load(".") == Configuration()


def test_every_key(folder: Path) -> None:
    write(
        folder,
        "pyproject.toml",
        """\
        [tool.datause-lint]
        policy = ["rules/a.toml", "../shared.toml"]
        default-policy = false
        exclude = "vendored/"
        include-tests = true
        select = ["DU101"]
        ignore = ["DU201"]
        min-severity = "warning"
        format = "concise"
        """,
    )
    assert load(".") == Configuration(
        file=Path("pyproject.toml"),
        policy=(Path("rules/a.toml"), Path("../shared.toml")),
        default_policy=False,
        exclude=("vendored/",),
        include_tests=True,
        select=("DU101",),
        ignore=("DU201",),
        min_severity=Severity.WARNING,
        format="concise",
    )


def test_own_file_wins_over_pyproject_beside_it(folder: Path) -> None:
    write(folder, "pyproject.toml", "[tool.datause-lint]\nformat = 'json'\n")
    write(folder, "datause.toml", "format = 'sarif'\n")
    assert load(".").format == "sarif"


def test_the_nearest_file_above_all_paths(folder: Path) -> None:
    write(folder, "pyproject.toml", "[tool.datause-lint]\nformat = 'json'\n")
    write(folder, "service/datause.toml", "format = 'sarif'\npolicy = 'p.toml'\n")
    write(folder, "service/app/ai.py", "")
    write(folder, "other/ai.py", "")
    assert load("service/app/ai.py").format == "sarif"
    assert load("service/app").policy == (Path("service/p.toml"),)
    assert load("service/app", "other").format == "json"


def test_a_pyproject_without_the_table_is_passed_by(folder: Path) -> None:
    write(folder, "pyproject.toml", "[tool.datause-lint]\nformat = 'json'\n")
    write(folder, "service/pyproject.toml", "[project]\ndependencies = ['datause-lint']\n")
    assert load("service").format == "json"


def test_a_broken_pyproject_of_somebody_else_is_none_of_our_business(folder: Path) -> None:
    write(folder, "pyproject.toml", "this is = not [toml\n")
    assert load(".") == Configuration()


def test_a_named_file_without_the_table_is_an_error(folder: Path) -> None:
    write(folder, "pyproject.toml", "[project]\nname = 'x'\n")
    with pytest.raises(ConfigurationError, match=r"^pyproject.toml: has no table \[tool.datause-lint\]$"):
        load(".", explicit="pyproject.toml")


def test_a_named_file_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^missing.toml: cannot be read: No such file or directory$"):
        load(".", explicit="missing.toml")


def test_every_problem_is_named_with_its_line(folder: Path) -> None:
    assert problems(folder, 'exclud = ["a"]\ndefault-policy = "no"\nmin-severity = "warn"\nselect = [1]\n') == [
        "datause.toml:1: unknown key 'exclud'; did you mean \"exclude\"?",
        "datause.toml:2: default-policy must be true or false",
        "datause.toml:3: min-severity must be one of note, warning, error, not 'warn'; did you mean \"warning\"?",
        "datause.toml:4: select must be a string or a list of strings",
    ]


def test_problems_in_pyproject_name_the_table(folder: Path) -> None:
    write(folder, "pyproject.toml", "[project]\nname = 'x'\n\n[tool.datause-lint]\nformt = 'json'\n")
    with pytest.raises(ConfigurationError) as caught:
        load(".")
    assert str(caught.value) == ("pyproject.toml:5: [tool.datause-lint] unknown key 'formt'; did you mean \"format\"?")


def test_the_table_must_be_one(folder: Path) -> None:
    write(folder, "pyproject.toml", "[tool]\ndatause-lint = 3\n")
    with pytest.raises(ConfigurationError, match=r"^pyproject.toml:2: \[tool.datause-lint\] must be a table$"):
        load(".")


def test_text_that_is_not_toml(folder: Path) -> None:
    assert problems(folder, "a = \n")[0].startswith("datause.toml:1: is not valid TOML: ")
