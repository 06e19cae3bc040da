"""What is lowered in another process is sent here, and is the same."""

from __future__ import annotations

import pickle
from typing import get_args

from datause_lint.frontend.lower import lower_module
from datause_lint.frontend.read import decode, parse
from datause_lint.ir.instructions import Instruction, Terminator
from datause_lint.names import ModuleName

EVERY_FORM = b"""
import os.path, sys as system
from json import loads
from typing import *

class Record(Base, metaclass=Meta):
    name: Annotated["str", Field(3, alias=None)] | None = None
    call: Callable[[int, ...], Literal[True]]

async def f(a, /, b: list[models.Account] = 1.5, *c, d=b"x", **e) -> None:
    global counter
    assert -a == [*c, *e], f"{a!r:{b}}"
    self.items: dict[str, int] = {"k": a, **e}
    self.items[0] = 1
    del b, self.items, a[1:2]
    async with open(*c, **e) as self.file, lock:
        x, *y = await a + 2j
        counter += (yield [i for i in x if i not in y])
    for g.x in (b for b in c):
        try:
            yield from {1: {2} for _ in c}
        except ValueError as error:
            raise error from None
        except:
            raise
    try:
        pass
    except* OSError:
        return ...
    match a:
        case [1, 2, *_] | {"k": Record(1, name=None)}:
            pass
"""


def test_every_instruction_is_the_same_when_it_was_sent() -> None:
    source = decode(EVERY_FORM, "m.py")
    module = lower_module(parse(source), source, ModuleName("m"), "m.py", is_package=False)
    blocks = [block for function in module.functions.values() for block in function.blocks]
    kinds = {type(each) for block in blocks for each in (*block.instructions, block.terminator)}
    assert kinds == {*get_args(Instruction), *get_args(Terminator)}
    assert pickle.loads(pickle.dumps(module)) == module
