"""pydantic: what a model's dump holds, what validation makes, and what must be true of whatever passed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from datause_lint.analysis import guards
from datause_lint.analysis.access import DICT, known_keys, read
from datause_lint.analysis.atoms import ApiAtom, Atom, Const
from datause_lint.analysis.classes import as_record
from datause_lint.analysis.evidence import comparison
from datause_lint.analysis.facts import NOTHING, Fact, Truth, Truths
from datause_lint.analysis.models.copies import copy_of
from datause_lint.analysis.models.registry import Model, ModelCall
from datause_lint.analysis.objects import ELEMENT, KEY, Kind, Obj, attribute, index
from datause_lint.analysis.reading import read_attribute
from datause_lint.analysis.renaming import replaced
from datause_lint.analysis.state import State
from datause_lint.analysis.summaries import NO_CALLER
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.untold import something
from datause_lint.analysis.values import EMPTY, Value, join, join_all, of
from datause_lint.analysis.wiring import Framework
from datause_lint.ir.instructions import Span
from datause_lint.ir.module import Field, FunctionIR, FunctionKind
from datause_lint.ir.types import TypeAttribute, TypeConstant, TypeExpr, TypeItem, TypeName
from datause_lint.names import ApiPath, ClassId

if TYPE_CHECKING:
    from datause_lint.analysis.frame import Frame
    from datause_lint.analysis.world import World

MODELS: Final = frozenset({"BaseModel", "RootModel", "GenericModel", "SQLModel", "BaseSettings", "Schema", "Document"})
PACKAGES: Final = ("pydantic", "pydantic_settings", "sqlmodel", "ninja", "beanie", "odmantic")
DUMPS: Final = frozenset({"model_dump", "dict"})
TEXTS: Final = frozenset({"model_dump_json", "json"})
COPIES: Final = frozenset({"model_copy", "copy"})
OF_SCHEMA: Final = frozenset({"model_json_schema", "schema", "schema_json", "model_fields_set"})
FROM_VALUES: Final = frozenset({"model_validate", "parse_obj", "from_orm", "validate", "sqlmodel_update"})
FROM_TEXT: Final = frozenset({"model_validate_json", "parse_raw", "parse_file", "model_validate_strings"})
UNCHECKED: Final = frozenset({"model_construct", "construct"})
CONSTRUCTORS: Final = FROM_VALUES | FROM_TEXT | UNCHECKED
INSTANCE: Final = "pydantic.BaseModel()"
CLASS: Final = "pydantic.BaseModel"
DEFAULTS: Final = ("@argument0", "@argument:default", "@argument:default_factory")  # of ``Field(…)``


class Pydantic(Framework):
    def model_of(self, path: str) -> Model | None:
        head, _, name = path.rpartition(".")
        if head == INSTANCE:
            return OF_INSTANCE.get(name)
        if head == CLASS and name in CONSTRUCTORS:
            return validated
        return None

    def instance_attribute(
        self, frame: Frame, state: State, obj: Obj, cls: ClassId, name: str, span: Span
    ) -> Value | None:
        if name in OF_INSTANCE and is_model(frame.world, cls) and frame.world.class_attribute(cls, name) is None:
            return of(ApiAtom(ApiPath(f"{INSTANCE}.{name}"), obj))
        return None

    def class_attribute(self, frame: Frame, state: State, cls: ClassId, name: str, span: Span) -> Value | None:
        if name in CONSTRUCTORS and is_model(frame.world, cls) and frame.world.class_attribute(cls, name) is None:
            return of(ApiAtom(ApiPath(f"{CLASS}.{name}"), frame.world.objects.class_object(cls)))
        return None

    def enter(self, frame: Frame, state: State) -> None:
        """Whatever is handed over as an instance of a model has passed its validation."""
        function = frame.function
        if function.kind is not FunctionKind.FUNCTION:
            return
        self._enter_validator(frame, state, function)
        for parameter in function.parameters:
            if parameter.annotation is None:
                continue
            kinds = frame.world.annotations.declared(parameter.annotation, frame.world.module_of(function.id))
            if len(kinds) == 1 and kinds[0].cls is not None and is_model(frame.world, kinds[0].cls):
                obj = frame.world.objects.parameter(function.id, parameter.name)
                state.learn(proven_by_validation(frame, state, kinds[0].cls, obj))

    def is_value_class(self, world: World, cls: ClassId) -> bool:
        bases = {last_name(base) for base in world.outer_bases(cls)}
        return is_model(world, cls) and not bases & {"SQLModel", "Document"}

    def default_of_field(self, world: World, cls: ClassId, name: str) -> Value | None:
        stated = world.class_attribute(cls, name) if is_model(world, cls) else None
        if stated is None:
            return None
        field = stated[0].only_object()
        if field is None or last_name((field.api or "").removesuffix("()")) != "Field":
            return stated[0]
        defaults = [each for key in DEFAULTS[:2] if (each := world.shared.read(field, key)) is not None]
        return defaults[0] if len(defaults) == 1 else None

    def instantiated(self, frame: Frame, state: State, made: Obj, cls: ClassId) -> None:
        if is_model(frame.world, cls):
            state.learn(proven_by_validation(frame, state, cls, made))
            if _is_of_environment(frame.world, cls):
                _leave_defaults_open(frame, state, made, cls)

    def _enter_validator(self, frame: Frame, state: State, function: FunctionIR) -> None:
        """``@field_validator("ai_consent")``: the value is that field of an instance."""
        names = _validated_fields(frame, function)
        if len(names) != 1 or function.owner_class is None or len(function.parameters) < 2:
            return
        parameter = function.parameters[1]
        instance = frame.world.objects.any_instance(function.owner_class)
        probes = guards.field_probes(frame, state, instance, names[0], parameter.span)
        if probes and parameter.name not in function.cells:
            before = state.variables.get(parameter.name, EMPTY)
            state.variables[parameter.name] = Value(before.atoms, before.implied, (*before.probes, *probes))


def is_model(world: World, cls: ClassId) -> bool:
    return any(last_name(base) in MODELS and base.partition(".")[0] in PACKAGES for base in world.outer_bases(cls))


def _is_of_environment(world: World, cls: ClassId) -> bool:
    return any(last_name(base) == "BaseSettings" for base in world.outer_bases(cls))


def _leave_defaults_open(frame: Frame, state: State, made: Obj, cls: ClassId) -> None:
    """What no argument sets, the environment may; an address is taken for the one that stands in the code."""
    for name in frame.world.records.field_names(frame, cls):
        default = frame.world.class_attribute(cls, name)
        known = default[0].constants() if default is not None else None
        if default is None or not known or state.stored(made, attribute(name)) is not None:
            continue
        if not any(isinstance(each, str) and "://" in each for each in known):
            state.store(made, attribute(name), something(default[0]))


# ── what validation proves ────────────────────────────────────────────────────────────────────────────────────────


def proven_by_validation(frame: Frame, state: State, cls: ClassId, instance: Obj) -> Truths:
    """A field that must be true; validators that raise."""
    found: set[Truth] = set()
    for each in frame.world.hierarchy(cls):
        ir = frame.world.class_ir(each)
        for field in ir.fields if ir is not None else ():
            if _is_always_validated(frame.world, cls, field.name):
                found |= _by_type(frame, state, field, instance)
        for _, method in ir.methods if ir is not None else ():
            function = frame.world.function(method)
            if function is not None and function.id != frame.function.id and _runs_always(frame, function, cls):
                found |= _by_validator(frame, function, each, instance)
    return frozenset(found)


def _is_always_validated(world: World, cls: ClassId, name: str) -> bool:
    """Whether the field's value has passed its type and its validators: a default has not, unless that is asked for."""
    stated, config = world.class_attribute(cls, name), world.class_attribute(cls, "model_config")
    if stated is None:
        return True
    asked = [obj for value in (stated[0], config[0] if config is not None else EMPTY) for obj in value.objects()]
    if any(_is_true(world.shared.read(obj, "@argument:validate_default")) for obj in asked):
        return True
    field = stated[0].only_object()
    if field is None or last_name((field.api or "").removesuffix("()")) != "Field":
        return False
    defaults = [each for key in DEFAULTS if (each := world.shared.read(field, key)) is not None]
    return all(_is_ellipsis(each) for each in defaults)


def _is_true(value: Value | None) -> bool:
    constant = value.constant() if value is not None else None
    return constant is not None and constant.value is True


def _is_ellipsis(value: Value) -> bool:
    constant = value.constant()
    return constant is not None and constant.value is ...


def _by_type(frame: Frame, state: State, field: Field, instance: Obj) -> set[Truth]:
    """``ai_consent: Literal[True]``."""
    constants = _literals(field.annotation)
    if not constants:
        return set()
    probes = guards.field_probes(frame, state, instance, field.name, field.span)
    return {fact for probe in probes for fact in comparison(probe, constants)[0]}


def _literals(annotation: TypeExpr) -> list[Const]:
    if not isinstance(annotation, TypeItem):
        return []
    name = annotation.base.name if isinstance(annotation.base, (TypeName, TypeAttribute)) else ""
    if name == "Annotated" and annotation.arguments:
        return _literals(annotation.arguments[0])
    if name != "Literal" or not all(isinstance(each, TypeConstant) for each in annotation.arguments):
        return []
    return [Const(each.value, type(each.value)) for each in annotation.arguments if isinstance(each, TypeConstant)]


def _by_validator(frame: Frame, function: FunctionIR, cls: ClassId, instance: Obj) -> set[Truth]:
    """What holds whenever a validator comes back, of the instance, its dict of values, or the field's value."""
    world = frame.world
    summary = world.summaries.of(function.id, NO_CALLER)
    if summary is None or not summary.comes_back:
        return set()
    subjects = [world.objects.any_instance(cls)]
    subjects.extend(world.objects.parameter(function.id, each.name) for each in function.parameters[:2])
    found: set[Truth] = set()
    for truth in summary.proves:
        if type(truth) is Fact and truth.subject is not None and truth.subject.root in subjects:
            found.add(truth._replace(subject=replaced(truth.subject, truth.subject.root, instance)))
    return found


def _is_validator(frame: Frame, function: FunctionIR) -> bool:
    names = {last_name((mark.api or "").removesuffix("()")) for mark in frame.world.marks_of(function.id)}
    if names & {"model_validator", "root_validator"}:
        return not any(_mode(frame, mark) == "wrap" for mark in frame.world.marks_of(function.id))
    return bool(_validated_fields(frame, function))


def _runs_always(frame: Frame, function: FunctionIR, cls: ClassId) -> bool:
    """Whether it is a validator that every instance has passed."""
    if not _is_validator(frame, function):
        return False
    read = frame.world.shared.read
    if any(_is_true(read(mark, "@argument:always")) for mark in frame.world.marks_of(function.id)):
        return True
    return all(_is_always_validated(frame.world, cls, name) for name in _validated_fields(frame, function))


def _mode(frame: Frame, mark: Obj) -> object:
    value = frame.world.shared.read(mark, "@argument:mode")
    constant = value.constant() if value is not None else None
    return constant.value if constant is not None else None


def _validated_fields(frame: Frame, function: FunctionIR) -> list[str]:
    found: list[str] = []
    for mark in frame.world.marks_of(function.id):
        if last_name((mark.api or "").removesuffix("()")) not in ("field_validator", "validator"):
            continue
        position = 0
        while (value := frame.world.shared.read(mark, f"@argument{position}")) is not None:
            constant = value.constant()
            found.append(str(constant.value) if constant is not None else "")
            position += 1
    return found


# ── dumps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def dumped(call: ModelCall) -> Value:
    """A dict of the model's fields, as far as ``include`` and ``exclude`` let them through."""
    included, excluded = _names(call, "include"), _names(call, "exclude")
    made = call.new(DICT)
    values: list[Value] = []
    for obj in call.receiver.objects():
        for name in _fields(call, obj):
            if (included is None or name in included) and name not in (excluded or ()):
                value, _ = read_attribute(call.frame, call.state, of(obj), name, call.span, "", call.caller)
                values.append(value)
                call.state.store_weakly(made, index(name), value)
    others: dict[Atom, Truths] = {
        atom: carried for atom, carried in call.receiver.atoms.items() if type(atom) is not Obj
    }
    if not values or others:
        values.append(call.data(call.receiver))
    if not call.state.heap.get(made) or others or "by_alias" in call.arguments.keywords:
        call.state.store(made, ELEMENT, join_all(values))
    return of(made)


def dumped_text(call: ModelCall) -> Value:
    return call.data(dumped(call))


def _fields(call: ModelCall, obj: Obj) -> list[str]:
    names: dict[str, None] = {}
    for kind in types_of(call.frame, call.state, obj):
        if kind.cls is not None:
            names.update(dict.fromkeys(call.frame.world.records.field_names(call.frame, kind.cls)))
            names.update(dict.fromkeys(_computed(call.frame, kind.cls)))
    names.pop("model_config", None)
    return list(names)


def _computed(frame: Frame, cls: ClassId) -> list[str]:
    found: list[str] = []
    for each in frame.world.hierarchy(cls):
        ir = frame.world.class_ir(each)
        for name, method in ir.methods if ir is not None else ():
            if any("computed_field" in (mark.api or "") for mark in frame.world.marks_of(method)):
                found.append(name)
    return found


def _names(call: ModelCall, keyword: str) -> frozenset[str] | None:
    """The constant names that ``include`` or ``exclude`` lists; None where it is not given, or not known."""
    given = call.arguments.keywords.get(keyword)
    if given is None:
        return None
    found: set[str] = set()
    for obj in given.objects():
        if obj.api == DICT:
            found.update(str(key) for key in known_keys(call.frame, call.state, obj))
            continue
        constants = guards.fold(call.frame, call.elements(of(obj)))
        if constants is None:
            return None
        found.update(str(constant.value) for constant in constants)
    return frozenset(found) if found else None


def copied(call: ModelCall) -> Value:
    """A copy, in which other values stand under some names."""
    update = call.arguments.keywords.get("update")
    if update is None:
        return call.receiver
    copy = copy_of(call, call.receiver)
    for given in update.objects():
        for name in known_keys(call.frame, call.state, given):
            for obj in copy.objects() if isinstance(name, str) else ():
                value = call.read(update, index(name))
                before = call.read(of(obj), attribute(str(name))) if obj in call.receiver.atoms else EMPTY
                call.state.store(obj, attribute(str(name)), join(before, value))
    return Value({**copy.atoms, **call.data(update).atoms}, copy.implied, copy.probes)


def nothing(call: ModelCall) -> Value:
    return EMPTY


OF_INSTANCE: Final[dict[str, Model]] = {
    **dict.fromkeys(DUMPS, dumped),
    **dict.fromkeys(TEXTS, dumped_text),
    **dict.fromkeys(COPIES, copied),
    **dict.fromkeys(OF_SCHEMA, nothing),
}


# ── validation ────────────────────────────────────────────────────────────────────────────────────────────────────


def validated(call: ModelCall) -> Value:
    """``Model.model_validate(values)``: an instance with those fields, about the same person."""
    classes = [ClassId(obj.key) for obj in call.receiver.objects() if obj.kind is Kind.CLASS]
    if not classes:
        return call.data(*call.arguments.all())
    world, cls = call.frame.world, classes[0]
    made = world.objects.new(call.site(), cls)
    call.state.allocate(made)
    world.places[made] = call.frame.location(call.span)
    given = call.argument(0)
    from_text = call.path.rpartition(".")[2] in FROM_TEXT
    for name in world.records.field_names(call.frame, cls):
        value = call.data(given) if from_text else _field_from(call, given, name)
        if name in call.arguments.keywords:
            value = call.arguments.keywords[name]
        else:
            value = as_record(call.frame, call.state, made, cls, name, value)
        if value.atoms:
            call.state.store(made, attribute(name), value)
    whole = given.only_object()
    if whole is not None:
        call.state.store(made, KEY, of(whole))
    if call.path.rpartition(".")[2] not in UNCHECKED:
        call.state.learn(proven_by_validation(call.frame, call.state, cls, made))
    return Value({made: NOTHING})


def _field_from(call: ModelCall, given: Value, name: str) -> Value:
    parts: list[Value] = []
    for atom, carried in given.atoms.items():
        one = Value({atom: carried})
        if type(atom) is Obj and atom.api != DICT and any(kind.cls for kind in types_of(call.frame, call.state, atom)):
            value, _ = read_attribute(call.frame, call.state, one, name, call.span, "", call.caller)
            parts.append(value)
        else:
            parts.append(read(call.frame, call.state, one, index(name)))
    return join_all(parts)
