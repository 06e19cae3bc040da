"""
Code that runs on every way out of a block: ``finally``, the exit of ``with``, the end of ``except ... as name``.

Each way out has a copy of its own, so that what holds on it is not mixed with what holds on the others. A function
that nests so many copies that they would outgrow it shares one: the ways out meet there, and part again behind it by a
number that each has stored.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum

from datause_lint.frontend.builder import FunctionBuilder, Loop, lowers_statement
from datause_lint.frontend.targets import assign
from datause_lint.ir.instructions import (
    BlockIndex,
    Caught,
    Compare,
    EnterContext,
    ExceptionMatches,
    ExitContext,
    Handled,
    PartsLeft,
    Raise,
    Register,
    Return,
    Span,
    Suppresses,
)


class Exit(Enum):
    NORMAL = 0
    RAISE = 1
    RETURN = 2
    BREAK = 3
    CONTINUE = 4


RETURNED = ".returned"
TAKEN = ".exit"


class Cleanup:
    """``run`` emits the code, ``cost`` is its size in syntax nodes, ``handler`` that of the code around the block."""

    def __init__(self, b: FunctionBuilder, run: Callable[[], None], cost: int, span: Span) -> None:
        self.run = run
        self.cost = cost
        self.span = span
        self.handler = b.handler
        self._shared: BlockIndex | None = None
        self._exits: list[Exit] = []

    def may_copy(self, b: FunctionBuilder) -> bool:
        """Whether the function still has room for one more copy, which is then taken."""
        if self.cost > b.copies:
            return False
        b.copies -= self.cost
        return True

    def share(self, b: FunctionBuilder, way: Exit) -> None:
        """Ends the current block with a jump to the shared copy."""
        if self._shared is None:
            self._shared = b.new_block(self.handler)
        if way not in self._exits:
            self._exits.append(way)
        b.store_hidden(TAKEN, b.constant(way.value, self.span), self.span)
        b.jump(self._shared)

    def lower_shared(self, b: FunctionBuilder, done: BlockIndex) -> None:
        """The shared copy, when some way out needs it, and what follows on each of them."""
        if self._shared is None:
            return
        b.enter(self._shared)
        taken = b.hidden()  # the copy may hold exits of its own
        b.store_hidden(taken, b.load_hidden(TAKEN, self.span), self.span)
        self.run()
        for way in self._exits:
            following, test = b.new_block(), b.register()
            left, right = b.load_hidden(taken, self.span), b.constant(way.value, self.span)
            b.emit(Compare(test, "==", left, right, self.span))
            chosen = b.new_block()
            b.branch(test, chosen, following, self.span)
            b.enter(chosen)
            self._go_on(b, way, done)
            b.enter(following)
        b.terminate(Raise(None, None, self.span))

    def _go_on(self, b: FunctionBuilder, way: Exit, done: BlockIndex) -> None:
        if way is Exit.NORMAL:
            b.jump(done)
        elif way is Exit.RAISE:
            b.terminate(Raise(None, None, self.span))
        else:
            leave(b, way, b.load_hidden(RETURNED, self.span) if way is Exit.RETURN else None, self.span)


def leave(b: FunctionBuilder, way: Exit, returned: Register | None, span: Span) -> None:
    """Return, break or continue: runs the cleanups on the way. Code that follows is unreachable."""
    frames, handler = b.frames, b.handler
    b.frames = frames.copy()
    _unwind(b, way, returned, span)
    b.frames = frames
    b.enter(b.new_block(handler))


def _unwind(b: FunctionBuilder, way: Exit, returned: Register | None, span: Span) -> None:
    while b.frames:
        frame = b.frames.pop()
        if isinstance(frame, Loop):
            if way is not Exit.RETURN:
                b.jump(frame.done if way is Exit.BREAK else frame.head)
                return
        elif frame.may_copy(b):
            if frame.handler != b.handler:
                b.goto(b.new_block(frame.handler))
            frame.run()
        else:
            if returned is not None:
                b.store_hidden(RETURNED, returned, span)
            frame.share(b, way)
            return
    if returned is not None:
        b.terminate(Return(returned, span))


# try


@lowers_statement(ast.Try, "TryStar")
def lower_try(b: FunctionBuilder, node: ast.Try) -> None:
    if not node.finalbody:
        _lower_handled(b, node)
        return
    span = b.span(node.finalbody[0])
    size = sum(1 for statement in node.finalbody for _ in ast.walk(statement))
    cleanup = Cleanup(b, lambda: b.statements(node.finalbody), size, span)
    done, raised = b.new_block(), b.new_block()
    b.frames.append(cleanup)
    b.goto(b.new_block(raised))
    _lower_handled(b, node)
    b.frames.pop()
    _finish_normally(b, cleanup, done)
    b.enter(raised)
    b.emit(Caught(b.register(), span))
    if cleanup.may_copy(b):
        cleanup.run()
        b.terminate(Raise(None, None, span))
    else:
        cleanup.share(b, Exit.RAISE)
    cleanup.lower_shared(b, done)
    b.enter(done)


def _finish_normally(b: FunctionBuilder, cleanup: Cleanup, done: BlockIndex) -> None:
    """The body ends here: its cleanup, then ``done``."""
    b.goto(b.new_block(cleanup.handler))
    if cleanup.may_copy(b):
        cleanup.run()
        b.jump(done)
    else:
        cleanup.share(b, Exit.NORMAL)


def _lower_handled(b: FunctionBuilder, node: ast.Try) -> None:
    """Body, handlers and ``else``."""
    if not node.handlers:
        b.statements(node.body)
        b.statements(node.orelse)
        return
    done, outside, caught, before = b.new_block(), b.new_block(), b.new_block(), b.register()
    b.goto(b.new_block(caught))
    b.emit(Caught(before, b.span(node)))
    b.statements(node.body)
    b.goto(outside)  # the handlers do not protect the else
    b.statements(node.orelse)
    b.jump(done)
    b.enter(caught)
    exception = b.register()
    span = b.span(node)
    b.emit(Caught(exception, span))
    is_group = type(node) is not ast.Try
    for handler in node.handlers:
        following = b.new_block()
        if is_group:
            _lower_handler(b, handler, exception, None, following, following)
        else:
            _lower_handler(b, handler, exception, before, following, done)
    if is_group:
        _raise_rest(b, exception, done, span)
    b.terminate(Raise(None, None, span))
    b.enter(done)
    if is_group:
        b.emit(Handled(before, span))


def _lower_handler(
    b: FunctionBuilder,
    node: ast.ExceptHandler,
    exception: Register,
    before: Register | None,
    following: BlockIndex,
    done: BlockIndex,
) -> None:
    """One ``except``: its body goes on to ``done``; goes on in ``following``, where it does not match."""
    span = b.span(node.type or node)
    if node.type:
        kind, test, body = b.expression(node.type), b.register(), b.new_block()
        b.emit(ExceptionMatches(test, exception, kind, span, of_group=before is None))
        b.branch(test, body, following, span)
        b.enter(body)
    name = b.mangle(node.name) if node.name and node.type else None
    if name is not None:
        taken = b.register()
        b.emit(Caught(taken, span))
        b.bind(name, taken, span)

    def leave_handler() -> None:
        if before is not None:
            b.emit(Handled(before, span))
        if name is not None:
            b.delete(name, span)

    b.frames.append(Cleanup(b, leave_handler, 0, span))
    b.statements(node.body)
    b.frames.pop()
    leave_handler()
    b.jump(done)
    b.enter(following)


def _raise_rest(b: FunctionBuilder, exception: Register, done: BlockIndex, span: Span) -> None:
    """After every ``except*``: parts of the group may be left."""
    rest, test = b.new_block(), b.register()
    b.emit(PartsLeft(test, exception, span))
    b.branch(test, rest, done, span)
    b.enter(rest)


# with


@lowers_statement(ast.With, ast.AsyncWith)
def lower_with(b: FunctionBuilder, node: ast.With | ast.AsyncWith) -> None:
    is_async = isinstance(node, ast.AsyncWith)
    opened = [_enter_context(b, item, is_async) for item in node.items]
    b.statements(node.body)
    for manager, cleanup, done, raised in reversed(opened):
        b.frames.pop()
        _finish_normally(b, cleanup, done)
        b.enter(raised)
        _exit_on_error(b, manager, is_async, done, cleanup.span)
        cleanup.lower_shared(b, done)
        b.enter(done)


def _enter_context(
    b: FunctionBuilder, item: ast.withitem, is_async: bool
) -> tuple[Register, Cleanup, BlockIndex, BlockIndex]:
    """Enters a manager: its register, its cleanup, what follows it, and where exceptions of the body go."""
    manager = b.expression(item.context_expr)
    span = b.span(item.context_expr)
    value = b.register()
    b.emit(EnterContext(value, manager, is_async, span))
    cleanup = Cleanup(b, lambda: b.emit(ExitContext(manager, is_async, False, span)), 1, span)
    done, raised = b.new_block(), b.new_block()
    b.frames.append(cleanup)
    b.goto(b.new_block(raised))
    if item.optional_vars:
        assign(b, item.optional_vars, value)
    return manager, cleanup, done, raised


def _exit_on_error(b: FunctionBuilder, manager: Register, is_async: bool, done: BlockIndex, span: Span) -> None:
    passed_on, test = b.new_block(), b.register()
    b.emit(Caught(b.register(), span))
    b.emit(ExitContext(manager, is_async, True, span))
    b.emit(Suppresses(test, manager, span))
    b.branch(test, done, passed_on, span)
    b.enter(passed_on)
    b.terminate(Raise(None, None, span))
