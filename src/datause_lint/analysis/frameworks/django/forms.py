"""Model forms: what they save, and whose record it is."""

from __future__ import annotations

from typing import Final

from datause_lint.analysis.access import stored_value
from datause_lint.analysis.frameworks.django.schema import type_of
from datause_lint.analysis.frameworks.django.views import meta_model
from datause_lint.analysis.models.registry import UNMODELLED, Model, ModelCall
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import NOTHING, Same, Value, join_all, of

MODEL_FORMS: Final = frozenset({"ModelForm", "BaseModelForm", "UserCreationForm", "UserChangeForm"})


def model_for(path: str) -> Model | None:
    holder, _, name = path.rpartition(".")
    is_form = holder.startswith("django.") and holder.removesuffix("()").rpartition(".")[2] in MODEL_FORMS
    return _saved if is_form and name == "save" else None


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
