"""Module names: one canonical name for each file, and the file that an import means."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from datause_lint.names import ModuleName
from datause_lint.project.paths import Path, is_below, parent, shown_path
from datause_lint.project.roots import Roots


class Modules:
    """The modules of a program, by file and by name."""

    def __init__(
        self,
        files: Iterable[Path],
        roots: Roots,
        base: Path,
        links: Mapping[Path, Path],
        imports_itself: Callable[[Path, str], bool],
        is_script: Callable[[Path], bool],
    ) -> None:
        """``imports_itself`` tells of a file whether it imports its own name, so that this name, beside it too, means
        another module: ``openai.py`` with ``import openai``; ``is_script`` whether it is one that may be run."""
        self._roots = roots
        self._base = base
        self._links = links
        self._linked_from: dict[Path, list[Path]] = defaultdict(list)
        self._submodules: dict[str, tuple[str, ...]] = {}
        for link, target in sorted(links.items()):
            self._linked_from[target].append(link)
        self._imports_itself = imports_itself
        self._is_script = is_script
        self._script_folders: dict[Path, bool] = {}
        self.name_of: dict[Path, ModuleName] = {}
        self._prefix_of: dict[Path, str] = {}
        self._name_files(sorted(files))
        self.path_of: dict[ModuleName, Path] = {name: path for path, name in self.name_of.items()}
        self._children = _children(self.name_of)
        self._roots_with: dict[str, list[Path]] = defaultdict(list)
        for root in sorted(roots.shared):
            for name in self._children.get(root, ()):
                self._roots_with[name].append(root)
        self._found: dict[tuple[str, Path], Path | None] = {}

    # --- imports

    def find(self, name: str, importer: ModuleName) -> ModuleName | None:
        """The module that an absolute import of ``name`` in ``importer`` means; None when it is none of the program.

        Python looks along ``sys.path``, which the code alone does not tell: the importer's own root comes first, then
        the roots around it, then the others, those close by first.
        """
        importer_path = self.path_of.get(importer)
        if importer_path is None:
            return name_if_known(name, self.path_of)
        key = (name, importer_path if "." not in name else parent(importer_path))
        if key not in self._found:
            self._found[key] = self._search(name, importer_path)
        path = self._found[key]
        return None if path is None else self.name_of[path]

    def _search(self, name: str, importer: Path) -> Path | None:
        folder = parent(importer)
        prefix = self._prefix_of.get(importer)
        if prefix and name.startswith(prefix + "."):
            own = self._at(self._roots.home(folder), name[len(prefix) + 1 :])
            if own is not None:
                return own
        top = name.partition(".")[0]
        for root in self._candidates(folder, top):
            path = self._at(root, name)
            if path is not None and not self._shadows_nothing(root, name, path, importer):
                return path
            if self._is_package(root, top):
                break  # Python looks no further for the rest of a package that it has found
        return self.path_of.get(ModuleName(name)) or self._beside(folder, name, importer)

    def _beside(self, folder: Path, name: str, importer: Path) -> Path | None:
        """What stands beside a script in a package: run as ``python bot/bot.py``, it finds its neighbours first."""
        path = self._at(folder, name)
        if path is None or self._shadows_nothing(folder, name, path, importer):
            return None
        return path if self._holds_scripts(folder) else None

    def _holds_scripts(self, folder: Path) -> bool:
        if folder not in self._script_folders:
            files = (f"{folder.rstrip('/')}/{name}.py" for name in sorted(self._children.get(folder, ())))
            self._script_folders[folder] = any(path in self.name_of and self._is_script(path) for path in files)
        return self._script_folders[folder]

    def _candidates(self, folder: Path, top: str) -> list[Path]:
        around = self._roots.above(folder)
        others = [root for root in self._roots_with.get(top, ()) if root not in around]
        others.sort(key=lambda root: (-_steps_shared(root, folder), root))
        return [*around, *others]

    def _at(self, root: Path, name: str) -> Path | None:
        """The file of a module below a root, by way of links too."""
        place = self._follow(root, name.split(".")) if self._links else f"{root.rstrip('/')}/{name.replace('.', '/')}"
        for path in (f"{place}/__init__.py", f"{place}.py"):
            path = self._links.get(path, path)
            if path in self.name_of:
                return path
        return None

    def _follow(self, root: Path, steps: list[str]) -> Path:
        place = root
        for step in steps:
            place = f"{place.rstrip('/')}/{step}"
            place = self._links.get(place, place)
        return place

    def _is_package(self, root: Path, name: str) -> bool:
        return f"{root.rstrip('/')}/{name}/__init__.py" in self.name_of

    def _shadows_nothing(self, root: Path, name: str, path: Path, importer: Path) -> bool:
        """Whether a plain module found beside the importer is not what its import means; or one in a folder that is no
        package, ``core/langgraph/graph.py``, where the root that would make it one of that name is but a guess."""
        if path.endswith("/__init__.py"):
            return False
        top = name.partition(".")[0]
        guessed = parent(path) == parent(importer) if top == name else not self._is_package(root, top)
        if not guessed or (top != name and self.name_of[path] == name):
            return False
        return path == importer or self._imports_itself(path, name)

    # --- names

    def importable_names(self, module: ModuleName) -> tuple[str, ...]:
        path = self.path_of.get(module)
        if path is None:
            return ()
        names = [str(module)]
        for place in self._spellings(path):
            for root in self._roots.above(parent(place)):
                name = _dotted(place, root)
                if all(part.isidentifier() for part in name.split(".")):
                    names.append(name)
        return tuple(dict.fromkeys(names))

    def submodules(self, package: str) -> tuple[str, ...]:
        """Last names of what lies directly in a package, a namespace package too."""
        known = self._submodules.get(package)
        if known is None:
            known = self._submodules[package] = self._find_submodules(package)
        return known

    def _find_submodules(self, package: str) -> tuple[str, ...]:
        path = self.path_of.get(ModuleName(package))
        folders = [parent(path)] if path is not None and path.endswith("/__init__.py") else self._namespace(package)
        found = {name for folder in folders for name in self._children.get(folder, ())}
        return tuple(sorted(name for name in found if name.isidentifier()))

    def _namespace(self, package: str) -> list[Path]:
        steps = package.split(".")
        folders = [self._follow(root, steps) for root in sorted(self._roots.shared | {self._base})]
        return [folder for folder in folders if folder in self._children]

    def _spellings(self, path: Path) -> list[Path]:
        """The file's path, and those by way of one link."""
        found, place = [path], path
        while place != parent(place):
            found.extend(link + path[len(place) :] for link in self._linked_from.get(place, ()))
            place = parent(place)
        return found

    def _name_files(self, files: list[Path]) -> None:
        """Names each file from its root. Two roots that hold modules of one name are told apart by a prefix, which all
        modules of the clashing packages get, so that relative imports stay inside."""
        local = {
            path: (self._roots.home(parent(path)), _dotted(path, self._roots.home(parent(path)))) for path in files
        }
        holders: dict[str, set[Path]] = defaultdict(set)
        for root, name in local.values():
            holders[name].add(root)
        clashing = {(root, name.partition(".")[0]) for name, at in holders.items() if len(at) > 1 for root in at}
        used: dict[str, int] = defaultdict(int)
        for path in sorted(files, key=lambda path: (not path.endswith("/__init__.py"), path)):
            root, name = local[path]
            if (root, name.partition(".")[0]) in clashing and (prefix := self._prefix(root)):
                self._prefix_of[path] = prefix
                name = f"{prefix}.{name}"
            name = _printable(name)
            used[name] += 1
            self.name_of[path] = ModuleName(name if used[name] == 1 else f"{name}#{used[name]}")

    def _prefix(self, root: Path) -> str:
        return "" if root == self._base else shown_path(root, self._base).strip("/").replace("/", ".")


def name_if_known(name: str, path_of: Mapping[ModuleName, Path]) -> ModuleName | None:
    return ModuleName(name) if name in path_of else None


def _steps_shared(one: Path, other: Path) -> int:
    steps = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], steps))


def _dotted(path: Path, root: Path) -> str:
    place = path.removesuffix(".py").removesuffix("/__init__")
    if not is_below(place, root) or place == root:
        place = path.removesuffix(".py")
    return place[len(root.rstrip("/")) + 1 :].replace("/", ".")


def _printable(name: str) -> str:
    """A name that fits into ``module:function``, undecodable bytes spelled out."""
    return re.sub(r"[:#\s]", "_", name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def _children(files: Iterable[Path]) -> dict[Path, set[str]]:
    """What is in each folder that leads to a module: last names of modules and of such folders."""
    children: dict[Path, set[str]] = defaultdict(set)
    for path in files:
        folder, _, name = path.rpartition("/")
        if name != "__init__.py":
            children[folder or "/"].add(name.removesuffix(".py"))
        elif folder not in children:
            children[folder] = set()
        while folder:
            above, _, name = folder.rpartition("/")
            siblings = children[above or "/"]
            if name in siblings:
                break
            siblings.add(name)
            folder = above
    return children
