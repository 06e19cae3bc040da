"""Module names, and what an import means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datause_lint.names import ModuleName
from datause_lint.project.program import SourceProgram

from .program_files import program, write


def names(scanned: SourceProgram) -> dict[str, str]:
    """Module names by path."""
    return {module.path: module.name for name in scanned.modules if (module := scanned.load(name)) is not None}


def find(scanned: SourceProgram, name: str, importer: str) -> str | None:
    """The path of what an import brings; the importer too is a path."""
    found = scanned.find(name, ModuleName(names(scanned)[importer]))
    module = None if found is None else scanned.load(found)
    return None if module is None else module.path


def test_src_layout(tmp_path: Path) -> None:
    write(
        tmp_path,
        ["pyproject.toml", "src/acme/__init__.py", "src/acme/views.py", "src/acme/ns/deep.py", "scripts/run.py"],
    )
    scanned = program(tmp_path)
    assert names(scanned) == {
        "src/acme/__init__.py": "acme",
        "src/acme/views.py": "acme.views",
        "src/acme/ns/deep.py": "acme.ns.deep",
        "scripts/run.py": "scripts.run",
    }
    assert find(scanned, "acme.views", "scripts/run.py") == "src/acme/views.py"
    assert find(scanned, "acme.ns.deep", "src/acme/views.py") == "src/acme/ns/deep.py"
    assert find(scanned, "views", "src/acme/views.py") is None
    assert find(scanned, "json", "src/acme/views.py") is None


def test_namespace_package_in_src(tmp_path: Path) -> None:
    write(tmp_path, ["pyproject.toml", "src/acme/billing/__init__.py", "src/acme/billing/api.py", "src/acme/mail.py"])
    scanned = program(tmp_path)
    assert names(scanned)["src/acme/billing/api.py"] == "acme.billing.api"
    assert find(scanned, "acme.mail", "src/acme/billing/api.py") == "src/acme/mail.py"
    assert find(scanned, "acme", "src/acme/mail.py") is None
    assert scanned.submodules(ModuleName("acme")) == ("billing", "mail")
    assert scanned.submodules(ModuleName("acme.billing")) == ("api",)


@pytest.mark.parametrize("given", [".", "repo"])
def test_a_program_that_is_started_in_a_folder_that_nothing_marks(tmp_path: Path, given: str) -> None:
    write(tmp_path, ["repo/backend/app/main.py", "repo/backend/app/services/mail.py", "repo/backend/lib/texts.py"])
    write(tmp_path, ["repo/bot/src/ai/service.py", "repo/bot/src/main.py"])
    scanned = program(tmp_path, given)
    assert find(scanned, "app.services.mail", "repo/backend/app/main.py") == "repo/backend/app/services/mail.py"
    assert find(scanned, "lib.texts", "repo/backend/app/services/mail.py") == "repo/backend/lib/texts.py"
    assert find(scanned, "src.ai.service", "repo/bot/src/main.py") == "repo/bot/src/ai/service.py"
    assert find(scanned, "app.services.mail", "repo/bot/src/main.py") is None


def test_a_part_of_a_package_has_the_names_of_the_whole(tmp_path: Path) -> None:
    write(tmp_path, ["src/pkg/__init__.py", "src/pkg/sub/__init__.py", "src/pkg/sub/a.py", "src/pkg/other.py"])
    scanned = program(tmp_path, "src/pkg/sub")
    assert names(scanned) == {"src/pkg/sub/__init__.py": "pkg.sub", "src/pkg/sub/a.py": "pkg.sub.a"}
    assert find(scanned, "pkg.sub.a", "src/pkg/sub/__init__.py") == "src/pkg/sub/a.py"
    assert find(scanned, "pkg.other", "src/pkg/sub/a.py") is None


def test_django_project(tmp_path: Path) -> None:
    write(
        tmp_path, ["backend/manage.py", "backend/shop/models.py", "backend/shop/views.py", "backend/site/settings.py"]
    )
    scanned = program(tmp_path)
    assert names(scanned)["backend/shop/models.py"] == "shop.models"
    assert find(scanned, "shop.models", "backend/site/settings.py") == "backend/shop/models.py"
    assert set(scanned.importable_names(ModuleName("shop.models"))) >= {"shop.models", "backend.shop.models"}


def test_scripts_beside_each_other(tmp_path: Path) -> None:
    write(tmp_path, ["jobs/a.py", "jobs/helper.py", "other/b.py", "other/helper.py", "lib/c.py"])
    scanned = program(tmp_path)
    assert find(scanned, "helper", "jobs/a.py") == "jobs/helper.py"
    assert find(scanned, "helper", "other/b.py") == "other/helper.py"
    assert find(scanned, "helper", "lib/c.py") is None
    assert find(scanned, "jobs.helper", "lib/c.py") == "jobs/helper.py"


def test_a_script_in_a_package_finds_its_neighbours(tmp_path: Path) -> None:
    run = "import helper\nif __name__ == '__main__':\n    helper.run()\n"
    write(
        tmp_path,
        {
            **{"bot/__init__.py": "", "bot/run.py": run, "bot/helper.py": "import config\n", "bot/config.py": ""},
            **{"bot/openai.py": "import openai\n", "bot/chat.py": "import openai\n"},
            **{"lib/__init__.py": "", "lib/code.py": "import helper, other\n", "lib/other.py": ""},
        },
    )
    scanned = program(tmp_path)
    assert find(scanned, "helper", "bot/run.py") == "bot/helper.py"
    assert find(scanned, "config", "bot/helper.py") == "bot/config.py"
    assert find(scanned, "openai", "bot/chat.py") is None
    assert find(scanned, "other", "lib/code.py") is None


def test_a_file_named_as_the_library_that_it_wraps(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"app/openai.py": "import openai\n", "app/chat.py": "import openai\n", "app/queue.py": "import json\n"},
    )
    scanned = program(tmp_path)
    assert find(scanned, "openai", "app/openai.py") is None
    assert find(scanned, "openai", "app/chat.py") is None
    assert find(scanned, "app.openai", "app/chat.py") == "app/openai.py"
    assert find(scanned, "queue", "app/chat.py") == "app/queue.py"


def test_a_folder_named_as_the_library_that_it_wraps(tmp_path: Path) -> None:
    """It is no package, and the folder around it is a root only because of other packages in it."""
    write(
        tmp_path,
        {
            "pyproject.toml": "",
            "app/core/langgraph/graph.py": "from langgraph.graph import StateGraph\n",
            "app/core/langgraph/tools/__init__.py": "",
            "app/core/prompts/__init__.py": "",
            "app/core/kit/names.py": "import json\n",
            "app/chat.py": "from langgraph.graph import END\n",
        },
    )
    scanned = program(tmp_path)
    assert find(scanned, "langgraph.graph", "app/core/langgraph/graph.py") is None
    assert find(scanned, "langgraph.graph", "app/chat.py") is None
    assert find(scanned, "app.core.langgraph.graph", "app/chat.py") == "app/core/langgraph/graph.py"
    assert find(scanned, "kit.names", "app/chat.py") == "app/core/kit/names.py"


def test_several_services_with_packages_of_one_name(tmp_path: Path) -> None:
    for service in ("billing", "chat"):
        write(
            tmp_path,
            {
                f"services/{service}/{name}": ""
                for name in ("pyproject.toml", "setup.py", "app/__init__.py", "app/main.py")
            },
        )
    write(tmp_path, ["services/chat/app/only.py", "libs/shared/__init__.py", "libs/shared/log.py"])
    scanned = program(tmp_path)
    assert names(scanned)["services/chat/app/only.py"] == "services.chat.app.only"
    assert names(scanned)["services/billing/app/main.py"] == "services.billing.app.main"
    assert names(scanned)["libs/shared/log.py"] == "shared.log"
    for service in ("billing", "chat"):
        assert find(scanned, "app.main", f"services/{service}/app/__init__.py") == f"services/{service}/app/main.py"
        assert find(scanned, "shared.log", f"services/{service}/app/main.py") == "libs/shared/log.py"
        assert (
            find(scanned, f"services.{service}.app.main", f"services/{service}/app/__init__.py")
            == f"services/{service}/app/main.py"
        )
    assert find(scanned, "app.only", "services/billing/app/main.py") is None
    assert scanned.importable_names(ModuleName("services.chat.app.main"))[1:] == ("app.main", "chat.app.main")
    assert scanned.submodules(ModuleName("services.chat.app")) == ("main", "only")


def test_a_package_comes_before_a_module(tmp_path: Path) -> None:
    write(tmp_path, ["pyproject.toml", "a/__init__.py", "a.py", "b.py"])
    scanned = program(tmp_path)
    assert find(scanned, "a", "b.py") == "a/__init__.py"
    assert len(scanned.modules) == len(names(scanned)) == 3


def test_names_that_cannot_be_imported(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"my-app/run-it.py": "", "my-app/2.py": "", "a.b/c.py": "", "a/b/c.py": "", "x:y z.py": "", "ü/é.py": ""},
    )
    scanned = program(tmp_path)
    assert sorted(scanned.modules) == ["a.b.c", "a.b.c#2", "my-app.2", "my-app.run-it", "x_y_z", "ü.é"]
    assert all(":" not in name for name in scanned.modules)
    assert len(names(scanned)) == 6


def test_undecodable_names(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"b\xff.py")).write_text("x = 1\n")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert names(program(tmp_path)) == {"b\\xff.py": "b\\xff"}


def test_one_file_under_two_names_is_one_module(tmp_path: Path) -> None:
    write(tmp_path, ["lib/shared/__init__.py", "lib/shared/log.py", "app/__init__.py", "app/main.py"])
    (tmp_path / "app" / "shared").symlink_to("../lib/shared")
    (tmp_path / "app" / "journal.py").symlink_to("../lib/shared/log.py")
    scanned = program(tmp_path)
    assert scanned.files == 4
    for name in ("app.shared.log", "app.journal", "shared.log"):
        assert find(scanned, name, "app/main.py") == "lib/shared/log.py"
    assert set(scanned.importable_names(ModuleName("shared.log"))) >= {"shared.log", "app.shared.log", "app.journal"}


def test_a_link_to_a_folder_around_it_ends(tmp_path: Path) -> None:
    write(tmp_path, ["app/__init__.py", "app/main.py"])
    (tmp_path / "app" / "app").symlink_to(".")
    scanned = program(tmp_path)
    assert find(scanned, ".".join(["app"] * 50 + ["main"]), "app/main.py") == "app/main.py"
    assert len(scanned.importable_names(ModuleName("app.main"))) < 10


def test_a_given_file_alone(tmp_path: Path) -> None:
    write(tmp_path, ["src/app/__init__.py", "src/app/a.py", "tool.py"])
    assert names(program(tmp_path, "src/app/a.py", "tool.py")) == {"src/app/a.py": "app.a", "tool.py": "tool"}


steps = st.sampled_from(["a", "b", "src", "x-y"])
trees = st.sets(
    st.tuples(st.lists(steps, max_size=3), st.sampled_from(["__init__.py", "m.py", "a.py", "pyproject.toml"])).map(
        lambda parts: "/".join([*parts[0], parts[1]])
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(trees, st.randoms())
def test_every_file_has_a_name_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, tree: set[str], random: object
) -> None:
    folder = write(tmp_path_factory.mktemp("tree"), tree)
    scanned = program(folder)
    by_path = names(scanned)
    assert set(by_path) == {path for path in tree if path.endswith(".py")}
    assert len(set(by_path.values())) == len(by_path)
    for path, name in by_path.items():
        for importable in scanned.importable_names(ModuleName(name)):
            if importable == name and "-" not in name and "#" not in name:
                assert find(scanned, importable, path) is not None
    assert names(program(folder, *sorted(os.listdir(folder), reverse=True))).keys() == by_path.keys()
