"""Facts about one object, said of another that stands for it."""

from __future__ import annotations

from datause_lint.analysis.objects import Obj
from datause_lint.analysis.values import Fact, Same, Truth


def moved(truth: Truth, old: Obj, new: Obj) -> Truth:
    """What is true of an object, of the one that stands for it: the element of a round, a field of it."""
    if type(truth) is Fact:
        if truth.subject is None or truth.every:
            return truth
        return truth._replace(subject=replaced(truth.subject, old, new))
    assert isinstance(truth, Same)
    return Same(replaced(truth.left, old, new), replaced(truth.right, old, new))


def replaced(obj: Obj, old: Obj, new: Obj) -> Obj:
    """The object with ``old`` on its path replaced by ``new``."""
    if obj is old:
        return new
    if obj.base is None:
        return obj
    base = replaced(obj.base, old, new)
    return obj if base is obj.base else base.child(obj.key)
