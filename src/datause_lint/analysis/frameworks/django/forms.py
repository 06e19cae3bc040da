"""Model forms: what they save, and whose record it is."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.evidence import Implied
from datause_lint.analysis.facts import NOTHING, Same
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.frameworks.django.requests import is_view_class
from datause_lint.analysis.frameworks.django.schema import type_of
from datause_lint.analysis.frameworks.django.views import meta_model
from datause_lint.analysis.frameworks.validation import proven_of_form
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import UNKNOWN_BOOLEAN, Value, join_all, of

FORMS: Final = frozenset({"Form", "BaseForm"})
MODEL_FORMS: Final = frozenset({"ModelForm", "BaseModelForm", "UserCreationForm", "UserChangeForm"})


def enter(frame: Frame, state: State) -> None:
    """``def form_valid(self, form)``: the view calls it with what it has found valid."""
    function = frame.function
    if function.name != "form_valid" or function.owner_class is None or len(function.parameters) < 2:
        return
    given = state.variables.get(function.parameters[1].name)
    only = given.only_object() if given is not None and is_view_class(frame.world, function.owner_class) else None
    if only is not None:
        state.learn(proven_of_form(frame, state, only, function.parameters[1].span))


def model_for(path: str) -> Model | None:
    holder, _, name = path.rpartition(".")
    kind = holder.removesuffix("()").rpartition(".")[2] if holder.startswith("django.") else ""
    if kind in MODEL_FORMS and name == "save":
        return _saved
    return OF_FORMS.get(name) if kind in FORMS | MODEL_FORMS else None


def _validity(call: ModelCall) -> Value:
    """``form.is_valid()``."""
    only = call.receiver.only_object()
    proven = proven_of_form(call.frame, call.state, only, call.span) if only is not None else NOTHING
    return Value(UNKNOWN_BOOLEAN.atoms, Implied(true=proven)) if proven else UNMODELLED


def _cleaned(call: ModelCall) -> Value:
    """``super().clean()``."""
    return call.read(call.receiver, attribute("cleaned_data")) if call.receiver.objects() else UNMODELLED


OF_FORMS: Final[dict[str, Model]] = {"is_valid": _validity, "clean": _cleaned}


def _saved(call: ModelCall) -> Value:
    """``form.save()``: the record that it was given, or a new one, about whoever has filled in the form."""
    found: list[Value] = []
    for form in call.receiver.objects():
        instance = stored_value(call.frame, call.state, form, "@argument:instance")
        if instance is not None:
            found.append(instance)
        elif (made := _new_record(call, form)) is not None:
            call.state.learn(frozenset((Same(made, form),)))
            found.append(of(made))
    if not found:
        return UNMODELLED
    return Value({**call.data(call.receiver).atoms, **dict.fromkeys(join_all(found).atoms, NOTHING)})


def _new_record(call: ModelCall, form: Obj) -> Obj | None:
    for kind in types_of(call.frame, call.state, form):
        model = meta_model(call.frame.world, kind.cls) if kind.cls is not None else None
        if model is not None:
            saved = type_of(model)
            return call.external(f"{saved.api}()" if saved.api is not None else None, saved.cls, "~saved")
    return None
