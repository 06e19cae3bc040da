"""Records: what is a record of personal data, what its fields hold, and who it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datause_lint.analysis import identifiers
from datause_lint.analysis.access import stored_value
from datause_lint.analysis.atoms import Atom, Data, Label
from datause_lint.analysis.called import PERSON, called, field_name, is_one_of_records, name_of
from datause_lint.analysis.class_fields import set_by_methods
from datause_lint.analysis.facts import NOTHING, Truths
from datause_lint.analysis.frame import SENT, Frame
from datause_lint.analysis.objects import ELEMENT, Kind, Obj, attribute
from datause_lint.analysis.state import State
from datause_lint.analysis.stored_in_records import is_followed, of_row, only_constants, put_there, tables_of_row
from datause_lint.analysis.types import Type, last_name
from datause_lint.analysis.typing_of import attribute_types, grounds, types_of
from datause_lint.analysis.values import EMPTY, Value, of
from datause_lint.findings.finding import Location, Role, Step
from datause_lint.ir.instructions import Span
from datause_lint.names import CategoryKey, ClassId, covers
from datause_lint.policy.entries import Confidence

Relations = tuple[tuple[str, ...], ...]


_OF_PEOPLE = ("user.name", "user.contact", "user.demographic", "user.government_id")  # what a record of a person holds
_CONTENT = CategoryKey("user.content")
_CONTACT = CategoryKey("user.contact")
MAXIMAL_PARTS = 4  # how deep records in records are looked into


class Records:
    """Looks records up by class."""

    # ── one field ─────────────────────────────────────────────────────────────────────────────────────────────────

    def field_label(
        self, frame: Frame, state: State, record: Obj, key: str, hint: str, content: Value, span: Span
    ) -> Label | None:
        """The label of what is read from ``record`` under an attribute or constant key, when that is personal data."""
        name = field_name(key)
        if name is None:
            return None
        found = frame.world.policy.classify(name)
        if found is None or only_constants(content):
            return None
        if self._is_record(frame, state, record.child(key)):  # a relation: what it leads to has fields of its own
            return None
        own = (
            Confidence.MEDIUM
            if self._is_of_somebody(frame, state, record, name, hint, found.category)
            else Confidence.LOW
        )
        confidence = min(max(found.confidence, own), self.confidence_of(frame, state, record, hint))
        if confidence < frame.world.least_confidence:
            return None
        if put_there(record, key, of_row(frame, state, record, key, content), confidence):
            return None
        relations, doubtful = self.subjects(frame, state, record)
        note = f"{name} of {self.describe(frame, state, record, hint)}"
        step = Step(Role.SOURCE, frame.location(span), note, found.category)
        return Label(found.category, step, record, key, relations, doubtful, confidence)

    def _is_record(self, frame: Frame, state: State, obj: Obj) -> bool:
        """Whether the object is a record, or holds several."""
        kinds = types_of(frame, state, obj)
        inner = [each for kind in kinds for argument in kind.arguments for each in argument]
        return any(
            self.is_record_class(frame, kind.cls)
            if kind.cls is not None
            else bool(frame.world.policy.model_sources(kind.api or ""))
            for kind in (*kinds, *inner)
        )

    def _is_of_somebody(
        self, frame: Frame, state: State, record: Obj, name: str, hint: str, category: CategoryKey
    ) -> bool:
        """Whether a weak name says enough: ``name`` of a person; ``message`` of what somebody has sent, or wrote."""
        if self.is_person(frame, state, record, hint):
            return True
        if any(map(identifiers.is_person, tables_of_row(frame, state, record))):
            return True
        classes = [kind.cls for kind in types_of(frame, state, record) if kind.cls is not None]
        if not covers(_CONTENT, category) or any(identifiers.is_set_up(name, class_name(cls)) for cls in classes):
            return False
        return (
            self.is_sent(frame, state, record)
            or self._is_written_by(frame, state, record, name)
            or self._is_row_of_somebody(frame, state, record, name)
        )

    def is_sent(self, frame: Frame, state: State, record: Obj) -> bool:
        """Whether the record is what somebody has sent with a request, or is in it."""
        if frame.world.wiring.is_requester(frame, state, record):
            return True
        stands = grounds(frame, state, record) if record.root.of_a_round else [record]
        return bool(stands) and all(frame.is_input(each) and frame.ask(each, SENT) for each in stands)

    def _is_row_of_somebody(self, frame: Frame, state: State, record: Obj, name: str) -> bool:
        """``SELECT * FROM notes WHERE author_id = ?``: whose rows they are the statement says."""
        nouns = tables_of_row(frame, state, record)
        return bool(nouns) and all(
            not identifiers.is_set_up(name, noun)
            and (not identifiers.is_of_things(name) or identifiers.is_writing(noun))
            for noun in nouns
        )

    def _is_written_by(self, frame: Frame, state: State, record: Obj, name: str) -> bool:
        """Whether a record leads to whoever wrote it."""
        classes = [kind.cls for kind in types_of(frame, state, record) if kind.cls is not None]
        return any(self._is_written_in(frame, cls, name) for cls in classes)

    def _is_written_in(self, frame: Frame, cls: ClassId, name: str) -> bool:
        """Things have titles and descriptions, too, and owners."""
        return (
            (not identifiers.is_of_things(name) or identifiers.is_writing(class_name(cls)))
            and not identifiers.is_set_up(name, class_name(cls))
            and self.is_record_class(frame, cls)
            and bool(self.person_relations(frame, cls) or self._stated_of_class(frame, cls))
        )

    def is_person(self, frame: Frame, state: State, record: Obj, hint: str) -> bool:
        """Whether the record is one of a person: there, ``name`` and ``address`` are the person's own."""
        kinds = types_of(frame, state, record)
        if any(kind.cls is not None for kind in kinds):
            return any(kind.cls is not None and self._is_noun_for_person(frame, kind.cls) for kind in kinds)
        if identifiers.is_person(hint or name_of(record)) or PERSON in called(frame, record):
            return True
        names = [last_name(kind.api).rstrip("()[]") for kind in kinds if kind.api is not None]
        return any(identifiers.finds_person(name) for name in names)  # ``find_user(1)``, not ``service.users()``

    def is_somebody(self, frame: Frame, cls: ClassId) -> bool:
        """Whether an instance is a person: by the noun, or since it has a number, and can be written to, or called."""
        return identifiers.is_person(class_name(cls)) or (
            not identifiers.NUMBERS.isdisjoint(names := self.field_names(frame, cls))
            and self._is_one_of(frame, names, _CONTACT)
        )

    def _is_one_of(self, frame: Frame, names: Iterable[str], category: CategoryKey) -> bool:
        matches = [frame.world.policy.classify(name) for name in names]
        return any(match is not None and covers(category, match.category) for match in matches)

    def confidence_of(self, frame: Frame, state: State, record: Obj, hint: str) -> Confidence:
        """How sure it is that the object is, or holds, a record of a person."""
        found = types_of(frame, state, record)
        if found:
            sure = max(self._confidence_of_type(frame, kind, hint) for kind in found)
        else:
            named = identifiers.is_record(hint or name_of(record)) or is_one_of_records(frame, state, record)
            sure = Confidence.MEDIUM if named else Confidence.LOW
        if sure >= Confidence.MEDIUM or any(kind.cls is not None for kind in found):
            return sure
        return Confidence.MEDIUM if called(frame, record) else sure

    def _confidence_of_type(self, frame: Frame, kind: Type, hint: str) -> Confidence:
        if kind.cls is not None:
            if self.is_record_class(frame, kind.cls):
                return Confidence.HIGH
            ir = frame.world.class_ir(kind.cls)
            record = ir is not None and identifiers.is_record(ir.name) and not self._is_software(frame, kind.cls)
            person = identifiers.is_person(hint) and not identifiers.is_also_software(hint)
            return Confidence.MEDIUM if record or person else Confidence.LOW
        path = kind.api or ""
        if frame.world.policy.model_sources(path) or frame.world.policy.model_sources(f"{path}()"):
            return Confidence.HIGH
        if path == "builtins.dict" or path.endswith("[]"):
            return Confidence.MEDIUM if identifiers.is_record(hint) or path.endswith("[]") else Confidence.LOW
        people = [name for name in (hint, last_name(path)) if identifiers.is_person(name)]
        if last_name(path)[:1].isupper():  # ``client = httpx.AsyncClient()`` is nobody's customer
            people = [name for name in people if not identifiers.is_also_software(name)]
        return Confidence.MEDIUM if people else Confidence.LOW

    def _is_noun_for_person(self, frame: Frame, cls: ClassId) -> bool:
        return identifiers.is_person(class_name(cls)) and not self._is_software(frame, cls)

    def _is_software(self, frame: Frame, cls: ClassId) -> bool:
        """``class ServiceClient``, ``class RowReader``: no record of somebody to whom one could write."""
        return (
            identifiers.is_also_software(class_name(cls))
            and not self.is_record_class(frame, cls)
            and not self._is_one_of(frame, [*self.field_names(frame, cls), *set_by_methods(frame.world, cls)], _CONTACT)
        )

    def is_record_class(self, frame: Frame, cls: ClassId) -> bool:
        world = frame.world
        return world.remembered("is record", cls, lambda: self._find_record(frame, cls))

    def is_person_class(self, frame: Frame, cls: ClassId) -> bool:
        return identifiers.is_person(class_name(cls)) and self.is_record_class(frame, cls)

    def _find_record(self, frame: Frame, cls: ClassId) -> bool:
        world = frame.world
        return any(
            world.policy.model_sources(path)
            for path in (*world.outer_bases(cls), *world.class_paths(cls), *world.decorators_of(cls))
        )

    def describe(self, frame: Frame, state: State, record: Obj, hint: str) -> str:
        for kind in types_of(frame, state, record):
            if kind.cls is not None:
                return f"a {kind.cls.rpartition('.')[2].rpartition(':')[2]}"
        return hint or "a record"

    # ── whole records ─────────────────────────────────────────────────────────────────────────────────────────────

    def contents(self, frame: Frame, state: State, obj: Obj) -> Value:
        """The data that an object carries by being what it is, beside what was seen to be put into it."""
        root = obj.root
        if frame.is_input(obj):
            return of(Data(obj))
        if root.of_a_round:
            if any(frame.is_input(each) for each in grounds(frame, state, obj)):
                return of(Data(obj))
        elif root.kind is Kind.PARAMETER:
            return EMPTY if obj.base is not None else of(Data(obj))
        return self.whole(frame, state, obj)

    def whole(self, frame: Frame, state: State, obj: Obj) -> Value:
        """One label for each category that a record of a known class holds."""
        labels: dict[Atom, Truths] = {}
        for kind in types_of(frame, state, obj):
            if kind.cls is None or not self.is_record_class(frame, kind.cls):
                continue
            relations, doubtful = self.subjects(frame, state, obj)
            categories: dict[CategoryKey, None] = {}
            fields = self._fields_of(frame, state, obj, kind.cls)
            for name, category in fields:
                stored = stored_value(frame, state, obj, attribute(name))
                if stored is not None and (only_constants(stored) or is_followed(obj, stored)):
                    continue
                categories[category] = None
            location = self.place_of(frame, obj)
            for category in categories:
                names = identifiers.listed([name for name, each in fields if each == category])
                note = f"{self.describe(frame, state, obj, '')} as a whole, with {names}"
                step = Step(Role.SOURCE, location, note, category)
                labels[Label(category, step, obj, "", relations, doubtful, Confidence.HIGH)] = NOTHING
            for part in self._parts(frame, state, obj, kind.cls):
                labels.update(self.whole(frame, state, part).atoms)
        return Value(labels) if labels else EMPTY

    def _fields_of(self, frame: Frame, state: State, obj: Obj, cls: ClassId) -> tuple[tuple[str, CategoryKey], ...]:
        fields = self.personal_fields(frame, cls)
        more = self._content_fields(frame, cls)
        return (*fields, *more) if more and self.is_sent(frame, state, obj) else fields

    def _parts(self, frame: Frame, state: State, obj: Obj, cls: ClassId) -> Iterator[Obj]:
        """The records that are part of one, as far as nobody has put others there."""
        if obj.kind is Kind.NEW or obj.depth >= MAXIMAL_PARTS:
            return
        for name, many in self._inner_records(frame, cls):
            held = obj.child(attribute(name))
            part = held.child(ELEMENT) if many else held
            if part is not obj and stored_value(frame, state, obj, attribute(name)) is None:
                yield part

    def names_of_records(self, frame: Frame, cls: ClassId) -> frozenset[str]:
        return frozenset(name for name, _ in self._inner_records(frame, cls))

    def _inner_records(self, frame: Frame, cls: ClassId) -> tuple[tuple[str, bool], ...]:
        return frame.world.remembered("inner records", cls, lambda: tuple(self._find_inner(frame, cls)))

    def _find_inner(self, frame: Frame, cls: ClassId) -> Iterator[tuple[str, bool]]:
        """Fields that hold records of values, and whether each holds several: no rows, which a dump leaves out."""
        if not frame.world.wiring.is_value_class(frame.world, cls):
            return
        for name in self.field_names(frame, cls):
            for kind in attribute_types(frame, cls, name):
                held = [each for argument in kind.arguments for each in argument]
                for each, many in ((kind, False), *((inner, True) for inner in held)):
                    if each.cls is not None and each.cls != cls and self.is_record_class(frame, each.cls):
                        yield name, many

    def _content_fields(self, frame: Frame, cls: ClassId) -> tuple[tuple[str, CategoryKey], ...]:
        """Fields of names that say of content only where somebody has sent it."""
        return frame.world.remembered("content fields", cls, lambda: tuple(self._find_content_fields(frame, cls)))

    def _find_content_fields(self, frame: Frame, cls: ClassId) -> Iterator[tuple[str, CategoryKey]]:
        for name in self.field_names(frame, cls):
            match = frame.world.policy.classify(name)
            weak = match is not None and match.confidence < Confidence.MEDIUM and covers(_CONTENT, match.category)
            if match is not None and weak and not identifiers.is_set_up(name, class_name(cls)):
                yield name, match.category

    def personal_fields(self, frame: Frame, cls: ClassId) -> tuple[tuple[str, CategoryKey], ...]:
        return frame.world.remembered("personal fields", cls, lambda: tuple(self._find_fields(frame, cls).items()))

    def _find_fields(self, frame: Frame, cls: ClassId) -> dict[str, CategoryKey]:
        found = dict(self._told_fields(frame, cls))
        for name, category in self._content_fields(frame, cls):
            if name not in found and self._is_written_in(frame, cls, name):
                found[name] = category
        return found

    def _told_fields(self, frame: Frame, cls: ClassId) -> tuple[tuple[str, CategoryKey], ...]:
        """Those that their names, or a policy, say to be personal."""
        return frame.world.remembered("told fields", cls, lambda: tuple(self._find_told_fields(frame, cls).items()))

    def _find_told_fields(self, frame: Frame, cls: ClassId) -> dict[str, CategoryKey]:
        found: dict[str, CategoryKey] = {}
        person = identifiers.is_person(class_name(cls))
        for name in self.field_names(frame, cls):
            match = frame.world.policy.classify(name)
            if match is not None and (person or match.confidence >= Confidence.MEDIUM) and name not in found:
                found[name] = match.category
        for each in frame.world.class_paths(cls):
            for name in self.field_names(frame, cls):
                for source in frame.world.policy.sources_at(f"{each}().{name}"):
                    found[name] = source.category
        return found

    def holds_content(self, frame: Frame, cls: ClassId) -> bool:
        """Whether a record may be what somebody has said, or a picture: it has a field of such a name, even a weak
        one."""
        return frame.world.remembered(
            "holds content", cls, lambda: self._is_one_of(frame, self.field_names(frame, cls), _CONTENT)
        )

    def field_names(self, frame: Frame, cls: ClassId) -> list[str]:
        """Annotated names, columns, and the fields that a framework's own base class brings."""
        return frame.world.remembered("field names", cls, lambda: self._find_names(frame, cls))

    def _find_names(self, frame: Frame, cls: ClassId) -> list[str]:
        world = frame.world
        names: dict[str, None] = {}
        framed = world.outer_bases(cls) or world.decorators_of(cls)  # a plain class's attributes are not its instances'
        for each in reversed(world.hierarchy(cls)):
            ir = world.class_ir(each)
            if ir is not None:
                names.update(dict.fromkeys(field.name for field in ir.fields))
            for key in world.shared.keys(world.objects.class_object(each)) if framed else ():
                if key.startswith("."):
                    value = world.shared.read(world.objects.class_object(each), key)
                    if value is not None and any(obj.kind is Kind.EXTERNAL for obj in value.objects()):
                        names[key[1:]] = None
        names.update(dict.fromkeys(world.wiring.inherited_fields(world.outer_bases(cls))))
        return list(names)

    def place_of(self, frame: Frame, obj: Obj) -> Location:
        place = frame.world.places.get(obj.root)
        return place if place is not None else frame.location(frame.function.span)

    # ── subjects ──────────────────────────────────────────────────────────────────────────────────────────────────

    def subjects(self, frame: Frame, state: State, record: Obj) -> tuple[Relations, Relations]:
        """The ways from a record to the person it is about, and to others whose consent leaves it unproven."""
        for kind in types_of(frame, state, record):
            if kind.cls is not None:
                return self.class_subjects(frame, kind.cls)
            stated = self._stated_subjects(frame, kind.api or "")
            if stated:
                return stated, ()
        return ((),), ()

    def _stated_subjects(self, frame: Frame, path: str) -> Relations:
        declared = frame.world.policy.records_of(path)
        return tuple(self._steps(name) for record in declared for name in record.subject)

    def class_subjects(self, frame: Frame, cls: ClassId) -> tuple[Relations, Relations]:
        return frame.world.remembered("subjects", cls, lambda: self._find_subjects(frame, cls))

    def _find_subjects(self, frame: Frame, cls: ClassId) -> tuple[Relations, Relations]:
        if stated := self._stated_of_class(frame, cls):
            return stated, ()
        people = self.person_relations(frame, cls)
        if len(people) == 1 and not self._is_another(frame, cls, people[0]):
            return ((), self._steps(people[0])), ()
        return ((),), tuple(self._steps(name) for name in people)

    def _is_another(self, frame: Frame, cls: ClassId, relation: str) -> bool:
        """``doctor`` of a ``Patient``: somebody else than the person whom the record is; not its ``user``."""
        noun = class_name(cls)
        if not identifiers.is_person(noun) or identifiers.is_held_by_somebody(noun):
            return False
        is_himself = identifiers.is_same_person(relation)
        return not is_himself and not frame.world.wiring.is_one_to_one(frame.world, cls, relation)

    def _stated_of_class(self, frame: Frame, cls: ClassId) -> Relations:
        """What a policy says of the class, or of one outside that it derives from."""
        paths = (*frame.world.class_paths(cls), *frame.world.outer_bases(cls))
        return next((found for path in paths if (found := self._stated_subjects(frame, path))), ())

    def _steps(self, dotted: str) -> tuple[str, ...]:
        return tuple(attribute(part) for part in dotted.split("."))

    def person_relations(self, frame: Frame, cls: ClassId) -> list[str]:
        """To-one relations of a record that lead to a record of a person: by its name, or else because it says itself
        whether it consents."""
        return frame.world.remembered("person relations", cls, lambda: self._find_person_relations(frame, cls))

    def _find_person_relations(self, frame: Frame, cls: ClassId) -> list[str]:
        found: dict[str, None] = {}
        names = self.field_names(frame, cls)
        kinds = {name: [each for each in attribute_types(frame, cls, name) if each.cls != cls] for name in names}
        for name in names:
            if any(self._is_person_type(frame, kind, name) for kind in kinds[name]):
                found[name] = None
        for name in names:  # ``owner_id``, without a relation ``owner``
            relation = name.removesuffix("_id") if name.endswith("_id") else ""
            if relation not in names and identifiers.is_person(relation):
                found[relation] = None
        if found or self.is_somebody(frame, cls):  # whose settings are a part, and whose team is nobody
            return list(found)
        return [name for name in names if self._lead_to_consent(frame, kinds[name])]

    def _lead_to_consent(self, frame: Frame, kinds: Iterable[Type]) -> bool:
        return any(kind.cls is not None and self._consents_itself(frame, kind.cls) for kind in kinds)

    def _consents_itself(self, frame: Frame, cls: ClassId) -> bool:
        names = self.field_names(frame, cls)
        guards = [guard for name in names for guard in frame.world.policy.field_guards(name)]
        of_another = any(identifiers.is_person(name.removesuffix("_id")) for name in names)
        return any(not guard.organisation for guard in guards) and not of_another

    def _is_person_type(self, frame: Frame, kind: Type, relation: str) -> bool:
        if kind.cls is not None:
            return self._is_person_class(frame, kind.cls, relation)
        path = kind.api or ""
        return bool(frame.world.policy.model_sources(path)) and identifiers.is_person(last_name(path))

    def _is_person_class(self, frame: Frame, cls: ClassId, relation: str) -> bool:
        if not self.is_record_class(frame, cls):
            return False
        if identifiers.is_person(class_name(cls)):
            return True
        held = [category for _, category in self._told_fields(frame, cls)]
        return identifiers.is_person(relation) and any(category.startswith(_OF_PEOPLE) for category in held)


def class_name(cls: ClassId) -> str:
    return cls.rpartition(":")[2].rpartition(".")[2]
