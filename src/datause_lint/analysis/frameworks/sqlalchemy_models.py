"""SQLAlchemy's models: what is mapped, and how models are related."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import Const, FunctionAtom
from datause_lint.analysis.class_fields import bound_in_bodies
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.typing_of import class_meant, constructor_argument
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

PACKAGES: Final = ("sqlalchemy.", "flask_sqlalchemy.", "sqlmodel.", "fastapi_users_db_sqlalchemy.", "advanced_alchemy.")

MAPPED: Final = ApiPath("sqlalchemy.orm.DeclarativeBase")
COLUMNS: Final = frozenset({"Column", "mapped_column", "relationship"})


def is_mapped(world: World, cls: ClassId) -> bool:
    """Whether the class is a model: by its bases, or by the table that it names."""
    return world.remembered("is mapped", cls, lambda: _find_mapped(world, cls))


def _find_mapped(world: World, cls: ClassId) -> bool:
    if any(path.startswith(PACKAGES) for path in world.outer_bases(cls)):
        return True
    return (
        world.class_attribute(cls, "__tablename__") is not None or world.class_attribute(cls, "__table__") is not None
    )


def base_behind(world: World, cls: ClassId) -> ApiPath | None:
    """A class with columns is mapped, whatever it derives from: ``class Note(Base)`` of a package that is installed."""
    return MAPPED if any(map(_is_column, bound_in_bodies(world, cls))) else None


def _is_column(obj: Obj) -> bool:
    path = (obj.api or "").removesuffix("()")
    return path.startswith("sqlalchemy.") and last_name(path) in COLUMNS


def models_mentioning(world: World, word: str) -> list[ClassId]:
    """The models of the modules in whose source the word stands."""
    modules = [world.module(name) for name in world.program.mentioning((word,))]
    return [cls for module in modules if module is not None for cls in module.classes if is_mapped(world, cls)]


def models_named(world: World, name: str) -> list[ClassId]:
    """The models of a class name, wherever they stand."""
    return [cls for cls in models_mentioning(world, f"class {name}") if cls.rpartition(":")[2] == name]


def is_of_mapping(path: str) -> bool:
    """Whether a call says what a model is like: ``relationship(Note)`` is no decorator of ``Note``."""
    return path.startswith(PACKAGES) and last_name(path).lower() in ("relationship", "composite", "column_property")


def relationship(frame: Frame, cls: ClassId, name: str) -> Obj | None:
    """What ``name = relationship(…)`` made."""
    found = frame.world.class_attribute(cls, name)
    for obj in found[0].objects() if found is not None else ():
        if last_name((obj.api or "").removesuffix("()")).lower() == "relationship":
            return obj
    return None


def target_of(frame: Frame, made: Obj, cls: ClassId) -> ClassId | None:
    target = constructor_argument(frame, made, 0, "argument")
    if target is None:
        return None
    for atom in target.atoms:
        if isinstance(atom, FunctionAtom):  # lambda: Note
            summary = frame.world.summaries.of(atom.function, frame.context)
            target = summary.returns if summary is not None else target
    return class_meant(frame, target, cls)


def backref(frame: Frame, made: Obj, keyword: str) -> str | None:
    value = frame.world.shared.read(made, f"@argument:{keyword}")
    for obj in value.objects() if value is not None else ():  # backref("owner", lazy="dynamic")
        value = frame.world.shared.read(obj, "@argument0")
    constant = value.constant() if value is not None else None
    return constant.value if constant is not None and isinstance(constant.value, str) else None


def is_single(frame: Frame, made: Obj, cls: ClassId, target: ClassId | None) -> bool:
    """Whether the relation leads to one: it says so, or the class itself has the foreign key."""
    uselist = frame.world.shared.read(made, "@argument:uselist")
    if uselist is not None and uselist.constant() == Const(False, bool):
        return True
    if frame.world.shared.read(made, "@argument:secondary") is not None or target is None:
        return False
    tables = {table for found in foreign_keys(frame, cls).values() for table in found}
    return bool(tables & table_names(frame, target))


def table_names(frame: Frame, cls: ClassId) -> set[str]:
    found = frame.world.class_attribute(cls, "__tablename__")
    constant = found[0].constant() if found is not None else None
    name = cls.rpartition(":")[2].rpartition(".")[2].lower()
    return {str(constant.value)} if constant is not None else {name, name + "s"}


def foreign_keys(frame: Frame, cls: ClassId) -> dict[str, list[str]]:
    """The tables that the class's columns lead to, by the column."""
    world = frame.world
    found: dict[str, list[str]] = {}
    for each in world.hierarchy(cls):
        holder = world.objects.class_object(each)
        for key in world.shared.keys(holder):
            column = world.shared.read(holder, key) if key.startswith(attribute("")) else None
            tables = [
                table for obj in (column.objects() if column is not None else ()) for table in _tables_in(frame, obj)
            ]
            if tables:
                found.setdefault(key[1:], tables)
    return found


def foreign_key(frame: Frame, cls: ClassId, target: ClassId) -> str | None:
    """The one column of the class that holds the key of a row of the target."""
    tables = table_names(frame, target)
    leading = [name for name, keys in foreign_keys(frame, cls).items() if not tables.isdisjoint(keys)]
    return leading[0] if len(leading) == 1 else None


def _tables_in(frame: Frame, column: Obj) -> list[str]:
    found: list[str] = []
    for key in frame.world.shared.keys(column):
        value = frame.world.shared.read(column, key) if key.startswith("@argument") else None
        constant = value.constant() if value is not None else None
        if key == "@argument:foreign_key" and constant is not None:  # SQLModel
            found.append(str(constant.value).rpartition(".")[0])
        for inner in value.objects() if value is not None else ():
            if last_name((inner.api or "").removesuffix("()")) == "ForeignKey":
                named = frame.world.shared.read(inner, "@argument0")
                target = named.constant() if named is not None else None
                if target is not None and isinstance(target.value, str):
                    found.append(target.value.rpartition(".")[0])
    return found


def related(cls: ClassId, single: bool) -> Types:
    kind = Type(cls, None)
    return (kind,) if single else (Type(None, ApiPath("builtins.list"), ((kind,),)),)
