"""The whole program: which functions matter, and what is left to answer for when everybody has been asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from datause_lint.analysis.atoms import ApiAtom, FunctionAtom
from datause_lint.analysis.closures import ClosureContext, Closures
from datause_lint.analysis.equipment import Equipment
from datause_lint.analysis.fillers import Fillers, puts_in_what_it_is_given
from datause_lint.analysis.frame import Frame
from datause_lint.analysis.holders import Held, Holders
from datause_lint.analysis.importers import FEW, Importers
from datause_lint.analysis.left_behind import commit
from datause_lint.analysis.memo import SCRIPT, Answer, Context, Node
from datause_lint.analysis.objects import Obj
from datause_lint.analysis.receivers import owed_by_each_class
from datause_lint.analysis.relevance import Sieve
from datause_lint.analysis.stored import Stored
from datause_lint.analysis.summaries import DEEPER, DEEPEST, NO_CALLER, length
from datause_lint.analysis.summary import Obligation, Summary
from datause_lint.analysis.turns import Turns
from datause_lint.analysis.words import Words
from datause_lint.analysis.world import World
from datause_lint.analysis.writers import Writers
from datause_lint.ir.module import FunctionIR
from datause_lint.names import FunctionId, ModuleName

MAXIMAL_ROUNDS = 24

Criteria = tuple[frozenset[str], dict[str, frozenset[str]], Stored, int]
"""By which functions are chosen: words, what they fill, what they write, and how many classes are known to derive."""


class Solver:
    def __init__(self, world: World) -> None:
        self.world = world
        self._modules: dict[ModuleName, None] = {}
        self._chosen: dict[ModuleName, tuple[Criteria, list[FunctionIR]]] = {}
        self._followed: dict[tuple[str, FunctionId], None] = {}
        self._looked_through: dict[ModuleName, frozenset[str]] = {}  # for renames of these words
        self._sieve = Sieve(world)
        self._turns = Turns(world.summaries, world.program.files)
        world.summaries.on_way = self._is_on_way
        self._equipment = Equipment(world, self._sieve)
        self._words = Words(self._equipment, world.wiring.words)
        self._importers = Importers(world)
        self._fillers = Fillers(world, self._sieve, self._importers)
        self._writers = Writers(world, self._sieve, self._importers)
        self._handing_in: dict[FunctionId, None] = {}  # to where others read it
        self._held: dict[Held, Sequence[ModuleName]] = {}  # and who may know of it
        self._callers_known = False
        self._widely = False
        self.scripts: dict[FunctionId, Summary] = {}
        self.summaries: dict[FunctionId, Summary] = {}
        self._owed_by_class: dict[FunctionId, tuple[Obligation, ...]] = {}  # of methods that nobody calls
        self._holders = Holders(world, self._sieve, self.summaries, self._words.from_elsewhere)
        self._decorated = Closures(world, self._holders, self._is_way)
        self.closures: dict[FunctionId, list[tuple[Obj, Summary]]] = {}  # by what they have captured

    def run(self) -> dict[FunctionId, Summary]:
        """The summaries of the functions that nobody in the program calls."""
        self._find_anchored()
        summaries = self.world.summaries
        for share in self._turns.shares(sum(len(self._functions_of(each)) for each in self._modules)):
            self._run_to_rest(share)
            if not summaries.left_out:
                break
        self._grant_more(share)
        if not summaries.left_out and not self._turns.is_used_up:
            self._widely = True  # there is enough left for functions that only hand on others
            if self._follow_callers():
                self._run_to_rest(self._turns.largest_share)
        if not self._turns.is_used_up and summaries.deepen(DEEPER):  # there is enough left for calls that were given up
            self._run_to_rest(self._turns.largest_share)
            self._grant_more(self._turns.largest_share)
        if self._turns.is_small and summaries.deepen(DEEPEST):
            self._run_to_rest(self._turns.largest_share)
        self.world.cut.update({**summaries.left_out, **summaries.dear})
        return {**{name: self._of_root(name) for name in self._roots()}, **self._open_closures(), **self.scripts}

    def _grant_more(self, share: int) -> None:
        """To functions that are dear by themselves, while there is something left."""
        while not self._turns.is_used_up and self.world.summaries.grant_more():
            self._run_to_rest(share)

    def _run_to_rest(self, share: int) -> None:
        """Rounds, until nothing that functions share changes any more, or until it is time for another turn."""
        self._turns.begin(share)
        for number in range(MAXIMAL_ROUNDS):
            growth = self.world.shared.growth
            self.world.summaries.round += 1
            self._turns.begin_round()
            self._run_all()
            self._holders.look_again(self._words.known)
            grown = self._follow_holders() | self._follow_callers() | self._follow_fillers()
            at_rest = self._turns.is_another_needed or self.world.shared.growth == growth
            if self._turns.is_used_up or (not grown and number > 0 and at_rest):
                return
        self.world.cut[FunctionId("<program>")] = None

    def _tell_receivers_apart(self, name: FunctionId, summary: Summary) -> None:
        function = self.world.function(name) if summary.obligations else None
        owed = owed_by_each_class(self.world, function, self._ask) if function is not None else None
        if owed is not None:
            self._owed_by_class[name] = owed
        else:
            self._owed_by_class.pop(name, None)

    def _of_root(self, name: FunctionId) -> Summary:
        owed = self._owed_by_class.get(name)
        return replace(self.summaries[name], obligations=owed) if owed is not None else self.summaries[name]

    def _open_closures(self) -> dict[FunctionId, Summary]:
        """Functions that decorators made and nobody calls, though others of the same decorator may be called."""
        found: dict[FunctionId, Summary] = {}
        for name, closures in self.closures.items():
            uncalled = [each for environment, each in closures if not self.world.is_called(name, environment)]
            if uncalled:
                obligations = dict.fromkeys(owed for each in uncalled for owed in each.obligations)
                found[name] = replace(uncalled[0], obligations=tuple(obligations))
        return found

    # ── which modules ─────────────────────────────────────────────────────────────────────────────────────────────

    def _find_anchored(self) -> None:
        """The modules with a direct way into a sink, and those that put a program together."""
        self._add(self._equipment.find())
        if self._modules:
            self._add(self.world.program.mentioning(self.world.wiring.words))

    def _add(self, modules: Iterable[ModuleName]) -> bool:
        found = [name for name in modules if name not in self._modules]
        for name in found:
            if self.world.module(name) is not None:
                self._modules[name] = None
        return bool(found)

    def _follow_holders(self) -> bool:
        """Whoever names what holds a client may call it."""
        variables = [held for held in self._holders.variables() if held not in self._held]
        news = [*variables, *(held for held in self._holders.definitions() if held not in self._held)]
        self._held.update((held, self._importers.of(*held)) for held in news)
        grown = self._add(dict.fromkeys(module for held in news for module in self._held[held]))
        for held in variables:
            grown = self._name(held[1], self._held[held]) or grown
        for name, word in self._holders.kept_for_all():
            getting_there = frozenset(self.world.program.mentioning((word,)))
            users = [each for each in self.world.program.mentioning((name,)) if each in getting_there]
            grown = self._name(name, users) or grown
        return self._equipment.hand_on(self._held) or grown

    def _follow_callers(self) -> bool:
        """Whoever names a function on a way to a sink may be on the way, too."""
        grown = False
        guarded = {each.site.function for each in self.world.evidence.values()}  # here, but for every caller?
        for name, summary in self.summaries.items():
            function = self.world.function(name)
            if summary.obligations or name in self.world.possible or name in guarded:
                grown = self.world.note_reaching(name) or grown
            elif self._widely and self._hands_in(name, summary):
                self._handing_in[name] = None
            elif function is None or not self._widely or not self._holders.hands_on(function, summary, self._names_way):
                continue
            for word, knowing in self._words_of(name).items():
                if (word, name) not in self._followed and (name not in self._handing_in or len(knowing) <= FEW):
                    self._followed[word, name] = None
                    grown = self._name(word, knowing) or grown
        return self._follow_renames() or grown

    def _hands_in(self, name: FunctionId, summary: Summary) -> bool:
        """Whether the function puts what it is given where others, on a way to a sink, read it: its callers put it
        there."""
        if name in self._handing_in:
            return True
        function, module = self.world.function(name), self.world.module(self.world.module_of(name))
        if function is None or module is None or not puts_in_what_it_is_given(self.world, summary):
            return False
        filled, written = self._fillers.filled_in(module.name), self._writers.written_in(module.name)
        return self._sieve.puts_where_read(module, function, filled, written) or any(
            name in self.world.callers.get(each, ()) for each in self._handing_in
        )

    def _follow_fillers(self) -> bool:
        """Whoever puts something where a function on a way to a sink finds it may be on the way, too."""
        self._fillers.look_again()
        setting, setters = self._fillers.find_setters(sorted(self.world.summaries.functions_run()))
        news = [*self._fillers.find(self.summaries), *self._writers.find(self.summaries), *setting]
        self._add(news)
        named = [self._name(*each) for each in setters]
        return bool(news) or any(named)  # modules that are known already may fill something, too

    def _name(self, word: str, knowing: Iterable[ModuleName]) -> bool:
        """What leads to a sink is called so in these modules. Whether that is news."""
        news = self._words.name(word, knowing)
        self._add(news)
        return bool(news)

    def _follow_renames(self) -> bool:
        """Whoever imports what leads to a sink under another name hands it on under that one."""
        grown = False
        for name in list(self._modules):
            module, words = self.world.module(name), self._words_in(name)
            if module is None or self._looked_through.get(name) is words:
                continue
            self._looked_through[name] = words
            followed = self._words.from_elsewhere(name)
            for alias in self._sieve.renamed(module, words, self._equipment.words(name)):
                if alias not in followed:
                    grown = self._name(alias, self._importers.of(name, alias)) or grown
        return grown

    def _words_of(self, name: FunctionId) -> dict[str, Sequence[ModuleName]]:
        """The names by which callers know a function, each with the modules that may do so: a special method runs where
        its class is named, and a nested one is known by the function that hands it out, or as what it was made of by
        decorating."""
        outermost = FunctionId(name.partition(".<locals>")[0])
        function = self.world.function(outermost)
        if function is None:
            return {}
        names = [path.rpartition(".")[2] for path in self.world.exports_of(name)]
        anywhere = list(self.world.wiring.callers_words(self.world, name))
        if any("signal" in (mark.api or "") for mark in self.world.marks_of(name)):
            anywhere.append(function.name)
        if outermost == name or self._hands_out(outermost):
            if function.owner_class is not None and function.name.startswith("__"):
                names.append(function.owner_class.rpartition(":")[2].rpartition(".")[2])
            elif function.owner_class is not None:
                anywhere.append(function.name)  # whoever has the object need not know where its class stands
            else:
                names.append(function.name)
        found: dict[str, Sequence[ModuleName]] = {
            word: self._importers.of(self.world.module_of(name), word) for word in names if word.isidentifier()
        }
        return {
            **found,
            **{word: self._importers.of_method(function, word) for word in anywhere if word.isidentifier()},
        }

    def _hands_out(self, name: FunctionId) -> bool:
        """Whether the function returns one that it has made, as decorators do."""
        summary = self.summaries.get(name)
        returned = summary.returns.atoms if summary is not None else ()
        return any(isinstance(atom, FunctionAtom) and atom.function.startswith(f"{name}.<locals>") for atom in returned)

    # ── which functions ───────────────────────────────────────────────────────────────────────────────────────────

    def _run_all(self) -> None:
        for module in list(self._modules):
            self.world.run_body(module)
        self._holders.look_again(self._words.known)
        for home, word in self._names_of_sinks():
            self._name(word, self._importers.of(home, word))
        for module in list(self._modules):
            self._run_script(module)
        for function in self._in_turn([each for name in list(self._modules) for each in self._functions_of(name)]):
            summary = self._ask(function.id, NO_CALLER)
            if summary is not None:
                self.summaries[function.id] = summary
        for name, summary in list(self.summaries.items()) if self._callers_known else ():
            if not self._called(name):
                self._commit(name, summary)
                self._tell_receivers_apart(name, summary)
        self._callers_known = True
        for name, environments in self._decorated.find(self._modules).items():
            found = [(each, self._ask(name, ClosureContext(self.world, name, each))) for each in environments]
            self.closures[name] = [(each, summary) for each, summary in found if summary is not None]
            summaries = [summary for _, summary in self.closures[name]]
            if summaries:
                obligations = dict.fromkeys(each for summary in summaries for each in summary.obligations)
                self.summaries[name] = replace(summaries[0], obligations=tuple(obligations))

    def _in_turn(self, functions: list[FunctionIR]) -> list[FunctionIR]:
        """Where not all can be run to their end: those first that have not been run at all, of them those that name a
        function from which data goes into a sink, then those that use a word for one that few use, and the short ones.
        In the last turn those come last that have been given up: they are dear, to bring the others up to date is not.
        """
        owing = [self.world.function(name) for name, summary in self.summaries.items() if summary.obligations]
        names = frozenset(function.name for function in owing if function is not None)
        used = {each.id: self._words_used(each) for each in functions}
        users = Counter(word for words in used.values() for word in words)

        def place(function: FunctionIR) -> tuple[bool, bool, int, int, str]:
            words = used[function.id]
            fewest = min((users[word] for word in words), default=len(functions))
            has_been_run = self._has_been_run(function.id)
            late = function.id in self.summaries and not has_been_run if self._turns.is_last else has_been_run
            return late, names.isdisjoint(words), fewest, length(function), function.id

        return sorted(functions, key=place)

    def _words_used(self, function: FunctionIR) -> frozenset[str]:
        name = self.world.module_of(function.id)
        module = self.world.module(name)
        return self._sieve.uses(module, function) & self._words_in(name) if module is not None else frozenset()

    def _has_been_run(self, name: FunctionId) -> bool:
        return name in self.summaries and not self.summaries[name].opaque

    def _names_of_sinks(self) -> list[Held]:
        """Names of modules that hold a sink itself, ready to be called from anywhere."""
        found: list[Held] = []
        for module in self._modules:
            holder = self.world.objects.module(module)
            for key in self.world.shared.keys(holder):
                value = self.world.shared.read(holder, key) if key.startswith(".") else None
                for atom in value.atoms if value is not None else ():
                    if isinstance(atom, ApiAtom) and self.world.policy.sinks_at(atom.path):
                        found.append((module, key[1:]))
        return found

    def _ask(self, name: FunctionId, context: Context) -> Summary | None:
        """A function's summary, within what one function, and the whole program, may cost."""
        with self._turns.spending():
            return self.world.summaries.of(name, context)

    def _run_script(self, module: ModuleName) -> None:
        """The module as a script: what stands under ``if __name__ == "__main__"``, what runs with its body but is not
        chosen with it, and what its names hold on the way, ``text = user.email``, for a function that it calls."""
        ir = self.world.module(module)
        if ir is None or not (
            self._sieve.may_be_script(ir)
            or self._sieve.runs_one(ir, self._words_in(module))
            or self.world.summaries.owes(ir.body)
        ):
            return
        summary = self._ask(ir.body, AS_SCRIPT)
        if summary is not None and summary.obligations:
            self.scripts[ir.body] = summary
        else:
            self.scripts.pop(ir.body, None)

    def _commit(self, name: FunctionId, summary: Summary) -> None:
        function = self.world.function(name)
        module = self.world.module(self.world.module_of(name))
        if function is not None and module is not None:
            commit(Frame(self.world, function, module, NO_CALLER, Node()), summary)

    def _functions_of(self, module: ModuleName) -> list[FunctionIR]:
        """The functions that somebody outside may call and that can lie on a way to a sink."""
        ir = self.world.module(module)
        if ir is None:
            return []
        filled, written = self._fillers.filled_in(module), self._writers.written_in(module)
        by = self._words_in(module), filled, written, self.world.families
        chosen_by, chosen = self._chosen.get(module, (None, []))
        if chosen_by != by:
            chosen = self._sieve.relevant(ir, by[0], filled, written)
            self._chosen[module] = (*by[:3], self.world.families), chosen  # to choose may be to look at classes
        return chosen

    def _words_in(self, module: ModuleName) -> frozenset[str]:
        """The words of which a function of the module on a way to a sink uses one: also its own names for what leads
        there."""
        return self._words.of(module, self._holders.heads(module))

    def _is_on_way(self, function: FunctionIR) -> bool:
        module = self.world.module_of(function.id)
        if module not in self._modules:
            return False
        ir = self.world.module(module)
        return ir is not None and self._sieve.names_one(ir, function, self._words_in(module))

    def _names_way(self, name: FunctionId) -> bool:
        """Whether the function, or one within it, names what leads to a sink."""
        function = self.world.function(name)
        module = self.world.module_of(name)
        ir = self.world.module(module)
        return (
            ir is not None
            and function is not None
            and not self._words_in(module).isdisjoint(self._sieve.uses(ir, function))
        )

    def _is_way(self, name: FunctionId) -> bool:
        """Whether the function, or the one that it is nested in, can lie on a way to a sink."""
        function = self.world.function(name)
        return name.partition(".<locals>")[0] in self.summaries or (function is not None and self._is_on_way(function))

    def _roots(self) -> list[FunctionId]:
        """Those whom nobody calls; and of those who call only each other, one."""
        for name in self.world.wiring.entries(self.world):
            self.world.note_entry(name)
        callers = self.world.callers
        roots = [name for name in self.summaries if not self._called(name)]
        reached: dict[FunctionId, None] = {}
        callees: dict[FunctionId, list[FunctionId]] = {}
        for callee, by in callers.items():
            for caller in by:
                callees.setdefault(caller, []).append(callee)
        pending = [*roots, *self._open_closures()]
        while True:
            while pending:
                name = pending.pop()
                if name not in reached:
                    reached[name] = None
                    pending.extend(callees.get(name, ()))
            left = [name for name in self.summaries if name not in reached]
            if not left:
                return sorted(roots)
            roots.append(left[0])
            pending.append(left[0])

    def _called(self, name: FunctionId) -> bool:
        """Whether somebody in the program calls it, other than a decorator that may have left its name to it."""
        callers = [caller for caller in self.world.callers.get(name, ()) if caller != name]
        if name in self.world.entries or not callers:
            return False
        beside = self.world.wrappers_beside(name)
        return any(caller not in beside for caller in callers)


class _AsScript:
    """The interpreter runs the module's body as ``__main__``."""

    root = True

    def answer(self, obj: Obj, question: str) -> Answer:
        return (SCRIPT,) if question == SCRIPT else ()


AS_SCRIPT = _AsScript()
