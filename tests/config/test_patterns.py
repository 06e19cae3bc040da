from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from datause_lint.config.patterns import rebased

NAMES = ["app", "gen", "a.py", "b.py"]
SEGMENTS = st.sampled_from([*NAMES, "*", "*.py", "?.py", "ge*"])
FILES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    segments = draw(st.lists(SEGMENTS, min_size=1, max_size=3))
    head = draw(st.sampled_from(["", "/", "**/"]))
    return draw(st.sampled_from(["", "!"])) + head + "/".join(segments) + draw(st.sampled_from(["", "/"]))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    (tree / "app" / "gen").mkdir(parents=True)
    return tree


@pytest.mark.parametrize(("config", "working"), [("", "app"), ("", "app/gen"), ("app", ""), ("app/gen", ""), ("", "")])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(written=st.lists(patterns(), min_size=1, max_size=3), file=FILES)
@example(written=["gen", "!app/"], file="gen/app")
@example(written=["gen", "!/app"], file="gen/app")
@example(written=["!app/", "gen"], file="gen/app")
@example(written=["a.py", "!app/"], file="a.py")
def test_moved_patterns_match_the_same_files(
    config: str, working: str, tree: Path, monkeypatch: pytest.MonkeyPatch, written: list[str], file: str
) -> None:
    monkeypatch.chdir(tree / working)
    moved = rebased(written, Path(os.path.relpath(tree / config)))
    absolute = tree / working / file
    if tree / config not in absolute.parents:
        assert not GitIgnoreSpec.from_lines(moved).match_file(file)
        return
    there = GitIgnoreSpec.from_lines(written).match_file(absolute.relative_to(tree / config).as_posix())
    here = GitIgnoreSpec.from_lines(moved).match_file(file)
    if working and _ignores_folder(written, working):
        return  # the working folder was asked for, although the configuration leaves all of it out
    assert here == there


def _ignores_folder(written: list[str], folder: str) -> bool:
    parts = folder.split("/")
    above = ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
    return any(GitIgnoreSpec.from_lines(written).match_file(one) for one in above)
