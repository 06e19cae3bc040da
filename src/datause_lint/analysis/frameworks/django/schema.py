"""The models of a Django program: which classes are models, how they are related, who the users are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from datause_lint.analysis.atoms import ApiAtom, Atom, ClassAtom, Const
from datause_lint.analysis.class_fields import bound_in_bodies
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.types import Type, Types, last_name
from datause_lint.analysis.values import Value
from datause_lint.names import ApiPath, ClassId, ModuleName

if TYPE_CHECKING:
    from datause_lint.analysis.world import World

STOCK_USER: Final = ApiPath("django.contrib.auth.models.User")

# Packages whose classes named like models are ones of Django.
_MODEL_ROOTS: Final = (
    "django.", "model_utils.", "mptt.", "polymorphic.", "django_extensions.", "wagtail.", "treebeard.", "modelcluster.",
    "simple_history.", "guardian.", "ordered_model.", "parler.", "safedelete.", "solo.", "taggit.", "django_tenants.",
)  # fmt: skip
_MODEL_BASES: Final = frozenset({"Model", "User", "AbstractUser", "AbstractBaseUser", "PermissionsMixin", "Page"})
# Mappers that are asked much as Django is: those by managers, and those whose classes are asked themselves.
MANAGED_ALIKE: Final = frozenset(
    "mongoengine.Document mongoengine.DynamicDocument mongoengine.document.Document "
    "mongoengine.document.DynamicDocument flask_mongoengine.Document flask_mongoengine.MongoEngine().Document "
    "flask_mongoengine.MongoEngine().DynamicDocument ormar.Model".split()
)
ASKED_THEMSELVES: Final = frozenset(
    "tortoise.Model tortoise.models.Model peewee.Model playhouse.flask_utils.FlaskDB().Model beanie.Document "
    "beanie.odm.documents.Document".split()
)
_COLUMNS: Final = ("django.db.models.", "django.contrib.gis.db.models.", "django.contrib.postgres.fields.")
MODEL: Final = ApiPath("django.db.models.Model")
USER_BASES: Final = frozenset({"User", "AbstractUser", "AbstractBaseUser", "PermissionsMixin"})
USER_FIELDS: Final = ("username", "first_name", "last_name", "email")

TO_ONE: Final = frozenset({"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey"})
ONE_TO_ONE: Final = frozenset({"OneToOneField"})
TO_MANY: Final = frozenset({"ManyToManyField", "ParentalManyToManyField", "SortedManyToManyField"})
RELATIONS: Final = TO_ONE | TO_MANY

_KEPT_AS: Final = "django schema"

MAXIMAL_MODULES: Final = 400  # that are read to find the models a name may mean

Target = ClassId | ApiPath
"""A model of the program, or one of a library: they are told apart by the colon."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A field that leads from one model to another, and the name by which the other model leads back."""

    owner: ClassId
    name: str
    target: Target
    many: bool
    one_to_one: bool
    reverse: str  # of the attribute on the target; empty: there is none
    query: str  # the same, in filters


def type_of(target: Target) -> Type:
    return Type(ClassId(target), None) if ":" in target else Type(None, ApiPath(target))


def atom_of(target: Target) -> Atom:
    return ClassAtom(ClassId(target)) if ":" in target else ApiAtom(ApiPath(target))


def target_of(atom: Atom) -> Target | None:
    if isinstance(atom, ClassAtom):
        return atom.cls
    return atom.path if isinstance(atom, ApiAtom) and atom.receiver is None else None


def schema_of(world: World) -> Schema:
    found: Schema | None = world.kept.get(_KEPT_AS)
    if found is None:
        found = world.kept[_KEPT_AS] = Schema(world)
    return found


class Schema:
    """What is asked again and again about models is found once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._relations: tuple[Relation, ...] | None = None
        self._by_reverse: dict[str, list[Relation]] = {}
        self._by_query: dict[str, list[Relation]] = {}
        self._user: Target | None = None
        self._finding = False

    # ── models ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_model(self, cls: ClassId) -> bool:
        return any(is_model_base(base) for base in self._world.outer_bases(cls))

    def field(self, target: Target, name: str) -> Obj | None:
        """The object that describes a field: ``CharField(max_length=80)``."""
        if ":" not in target:
            return None
        world = self._world
        for each in world.hierarchy(ClassId(target)):
            value = world.shared.read(world.objects.class_object(each), attribute(name))
            if value is not None:
                return next((obj for obj in value.objects() if _is_field(obj)), None)
        return None

    def is_nullable(self, target: Target | None, name: str) -> bool:
        """Whether the field may be NULL, as far as is known."""
        field = self.field(target, name) if target is not None else None
        if field is None:
            return not (target is not None and name in {*USER_FIELDS, "is_active", "is_staff", "is_superuser"})
        if field_kind(field) == "NullBooleanField":
            return True
        null = made_with(self._world, field, None, "null")
        constant = null.constant() if null is not None else None
        return null is not None and (constant is None or bool(constant.value))

    # ── relations ─────────────────────────────────────────────────────────────────────────────────────────────────

    def relation(self, target: Target, name: str) -> Relation | None:
        """The relation that a field of a model is."""
        field = self.field(target, name)
        if field is None or field_kind(field) not in RELATIONS:
            return None
        return self._relation(ClassId(target), name, field)

    def reverse(self, target: Target, name: str, *, in_query: bool = False) -> Relation | None:
        """The relation of another model that puts an attribute of this name on the model."""
        relations = self.relations()
        named = (self._by_query if in_query else self._by_reverse).get(name)
        if not relations or named is None:
            return None
        lineage = self._lineage(target)
        return next((relation for relation in named if relation.target in lineage), None)

    def is_one_to_one(self, target: Target, name: str) -> bool:
        """Whether the attribute leads to the one record of another kind that belongs to this one."""
        if ":" in target and not self.is_model(ClassId(target)):
            return False
        relation = self.relation(target, name) or self.reverse(target, name)
        return relation is not None and relation.one_to_one and relation.target not in self._lineage(relation.owner)

    def _lineage(self, target: Target) -> frozenset[Target]:
        if ":" not in target:
            return frozenset((target,))
        world = self._world
        bases = world.hierarchy(ClassId(target))
        outer = [STOCK_USER] if target == self.user() else []
        return frozenset((*bases, *outer))

    def relations(self) -> tuple[Relation, ...]:
        """All of the program's."""
        if self._relations is not None:
            return self._relations
        if self._finding:
            return ()
        self._finding = True
        try:
            modules = self._modules(sorted(RELATIONS))
            found = tuple(relation for cls in self._classes(modules) for relation in self._relations_of(cls))
        finally:
            self._finding = False
        self._relations = found
        for relation in found:
            self._by_reverse.setdefault(relation.reverse, []).append(relation)
            self._by_query.setdefault(relation.query, []).append(relation)
        return found

    def _relations_of(self, cls: ClassId) -> Iterator[Relation]:
        world = self._world
        for each in world.hierarchy(cls):
            holder = world.objects.class_object(each)
            for key in world.shared.keys(holder):
                value = world.shared.read(holder, key) if key.startswith(".") else None
                for obj in value.objects() if value is not None else ():
                    if _is_field(obj) and field_kind(obj) in RELATIONS:
                        relation = self._relation(cls, key[1:], obj)
                        if relation is not None:
                            yield relation

    def _relation(self, owner: ClassId, name: str, field: Obj) -> Relation | None:
        world = self._world
        stated = made_with(world, field, 0, "to")
        target = self.meant(stated, owner) if stated is not None else None
        if target is None:
            return None
        kind = field_kind(field)
        model = owner.rpartition(":")[2].rpartition(".")[2].lower()
        one_to_one = kind in ONE_TO_ONE
        related = _text(made_with(world, field, None, "related_name"))
        related = related.replace("%(class)s", model).replace("%(app_label)s", owner.partition(".")[0])
        query = _text(made_with(world, field, None, "related_query_name"))
        if related.endswith("+"):
            return Relation(owner, name, target, kind in TO_MANY, one_to_one, "", query)
        reverse = related or (model if one_to_one else f"{model}_set")
        return Relation(owner, name, target, kind in TO_MANY, one_to_one, reverse, query or related or model)

    def meant(self, stated: Value, near: ClassId) -> Target | None:
        """The model that a relation names: itself, by a string, or as the user model of the settings."""
        for atom in self._world.resolve(stated).atoms:
            if isinstance(atom, ClassAtom):
                return atom.cls
            if isinstance(atom, Const) and isinstance(atom.value, str):
                if atom.value == "self":
                    return near
                if atom.value in ("auth.User", "settings.AUTH_USER_MODEL"):
                    return self.user()
                return self.named(atom.value, near)
            path = atom.path if isinstance(atom, ApiAtom) else (atom.api or "") if type(atom) is Obj else ""
            if path.endswith("AUTH_USER_MODEL") or path.startswith("django.contrib.auth.get_user_model"):
                return self.user()
            if path == STOCK_USER:
                return STOCK_USER
        return None

    # ── by name ───────────────────────────────────────────────────────────────────────────────────────────────────

    def user(self) -> Target:
        """The model of the users: that of the settings, else the one that derives from Django's, else Django's own."""
        if self._user is None:
            self._user = STOCK_USER  # while it is looked for
            self._user = self._user_of_settings() or self._derived_user() or STOCK_USER
        return self._user

    def _user_of_settings(self) -> Target | None:
        for module in self._modules(["AUTH_USER_MODEL"]):
            value = self._world.global_value(module, "AUTH_USER_MODEL")
            name = _text(value)
            if name == "auth.User":
                return STOCK_USER
            found = self.named(name, ClassId(f"{module}:")) if name else None
            if found is not None:
                return found
        return None

    def _derived_user(self) -> Target | None:
        for cls in self._classes(self._modules(["AbstractUser", "AbstractBaseUser"])):
            bases = {last_name(base) for base in self._world.outer_bases(cls) if is_model_base(base)}
            if bases & USER_BASES:
                return cls
        return None

    def named(self, name: str, near: ClassId) -> ClassId | None:
        """``"app.Model"``, ``"Model"``: in the module at hand, else in the app of that name."""
        app, _, last = name.rpartition(".")
        if not last.isidentifier():
            return None
        here = ModuleName(near.partition(":")[0])
        if not app and (found := self._class_in(here, last)) is not None:
            return found
        modules = [module for module in self._modules([last]) if self._class_in(module, last) is not None]
        app = app.rpartition(".")[2] or here.rpartition(".")[0].rpartition(".")[2]
        modules.sort(key=lambda module: (app not in module.split("."), module))
        found = self._class_in(modules[0], last) if modules else None
        return found

    def _class_in(self, module: ModuleName, name: str) -> ClassId | None:
        ir = self._world.module(module)
        cls = ClassId(f"{module}:{name}")
        return cls if ir is not None and cls in ir.classes and self.is_model(cls) else None

    def _modules(self, words: list[str]) -> list[ModuleName]:
        found = self._world.program.mentioning(words)
        models = [module for module in found if "model" in module or len(words) > 1]
        chosen = models if len(found) > MAXIMAL_MODULES and models else list(found)
        chosen = chosen[:MAXIMAL_MODULES]
        for module in chosen:
            self._world.run_body(module)
        return chosen

    def _classes(self, modules: list[ModuleName]) -> Iterator[ClassId]:
        for module in modules:
            ir = self._world.module(module)
            for cls in sorted(ir.classes) if ir is not None else ():
                if self.is_model(cls):
                    yield cls


def base_behind(world: World, cls: ClassId) -> ApiPath | None:
    """A class with columns of Django is a model, whatever it derives from: ``class Note(core.models.BaseModel)`` of an
    application whose ``core`` is installed beside it."""
    return MODEL if any(map(_is_column, bound_in_bodies(world, cls))) else None


def _is_column(obj: Obj) -> bool:
    return (obj.api or "").startswith(_COLUMNS) and _is_field(obj)


def is_model_base(base: str) -> bool:
    name = last_name(base)
    return (base.startswith(_MODEL_ROOTS) and (name in _MODEL_BASES or name.endswith("Model"))) or is_alike(base)


def is_alike(base: str) -> bool:
    return base in MANAGED_ALIKE or base in ASKED_THEMSELVES


def is_asked_itself(base: str) -> bool:
    """Whether a model of that base has the methods of a manager itself: ``await Member.get(id=1)``."""
    return base in ASKED_THEMSELVES


def field_kind(field: Obj) -> str:
    return last_name((field.api or "").removesuffix("()"))


def _is_field(obj: Obj) -> bool:
    kind = field_kind(obj)
    return (obj.api or "").endswith("()") and (kind.endswith("Field") or kind in RELATIONS or kind == "TaggableManager")


def made_with(world: World, obj: Obj, position: int | None, name: str) -> Value | None:
    """An argument of the call that made an object which all see."""
    found = world.shared.read(obj, f"@argument{position}") if position is not None else None
    return found if found is not None else world.shared.read(obj, f"@argument:{name}")


def _text(value: Value | None) -> str:
    constant = value.constant() if value is not None else None
    return constant.value if constant is not None and isinstance(constant.value, str) else ""


def relation_types(relation: Relation, manager: Type | None = None) -> Types:
    """What leads back from the target: one record, or a manager of several."""
    if relation.one_to_one:
        return (Type(relation.owner, None),)
    return (
        manager
        if manager is not None
        else Type(None, ApiPath("django.db.models.Manager"), ((Type(relation.owner, None),),)),
    )
