"""Vector stores: what comes in goes to the embedding model, and comes out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datause_lint.analysis.access import (
    LIST,
    TUPLE,
    stored_value,
)
from datause_lint.analysis.adding import (
    add_element,
)
from datause_lint.analysis.arguments import Arguments
from datause_lint.analysis.atoms import BoundAtom, FunctionAtom
from datause_lint.analysis.frameworks.langchain.things import (
    DOCUMENT,
    EMBEDDING,
    RETRIEVER,
    STORE,
    VECTOR_STORE,
    is_container,
    kinds_of,
    parts_of,
)
from datause_lint.analysis.models.registry import ModelCall
from datause_lint.analysis.objects import ELEMENT, Obj, attribute, index
from datause_lint.analysis.sinks import check_sinks
from datause_lint.analysis.types import last_name
from datause_lint.analysis.typing_of import types_of
from datause_lint.analysis.values import EMPTY, NONE, Value, join, join_all, of

if TYPE_CHECKING:
    pass


def make_store(call: ModelCall) -> Value:
    """``FAISS.from_documents(documents, embedding)``."""
    made = call.external(VECTOR_STORE)
    embedding = join_all([value for value in call.arguments.all() if _is_embedding(call, value)])
    call.state.store(made, EMBEDDING, embedding)
    _embed(call, embedding, _texts(call, call.argument(0, _content_name(call))))
    call.state.store(made, ELEMENT, _documents(call))
    return of(made)


def fill_store(call: ModelCall) -> Value:
    """``store.add_texts(texts)``."""
    _embed(call, _embedding_of(call, call.receiver), _texts(call, call.argument(0, _content_name(call))))
    add_element(call.frame, call.state, call.receiver, _documents(call))
    return NONE


def _content_name(call: ModelCall) -> str:
    return "documents" if call.path.endswith("documents") else "texts"


def _texts(call: ModelCall, given: Value) -> Value:
    """What the embedding model gets: the text of documents, not what is said about them."""
    parts: list[Value] = []
    for atom, carried in join(given, call.elements(given)).atoms.items():
        one = Value({atom: carried})
        text = call.read(one, attribute("page_content")) if type(atom) is Obj and not is_container(atom) else EMPTY
        stored = type(atom) is Obj and stored_value(call.frame, call.state, atom, attribute("page_content")) is not None
        parts.append(text if stored else one if not (type(atom) is Obj and is_container(atom)) else EMPTY)
    return join_all(parts)


def _documents(call: ModelCall) -> Value:
    """What the store holds from now on: documents as they are, texts as documents."""
    given = call.elements(call.argument(0, _content_name(call)))
    if call.path.endswith("documents"):
        return given
    document = call.external(DOCUMENT, part="~document")
    call.state.store(document, attribute("page_content"), given)
    metadata = call.optional(1 if "add_" in call.path else 2, "metadatas")
    if metadata is not None and not _is_embedding(call, metadata):
        call.state.store(document, attribute("metadata"), call.elements(metadata))
    return of(document)


def _is_embedding(call: ModelCall, value: Value) -> bool:
    return any(
        "mbedding" in last_name(kind.removesuffix("()")) for obj in value.objects() for kind in _kinds_of_any(call, obj)
    )


def _kinds_of_any(call: ModelCall, obj: Obj) -> list[str]:
    classes = [str(kind.cls) for kind in types_of(call.frame, call.state, obj) if kind.cls is not None]
    return [*kinds_of(call.frame, call.state, obj), *(name.rpartition(":")[2] for name in classes)]


def _embedding_of(call: ModelCall, store: Value) -> Value:
    found: list[Value] = []
    for obj in store.objects():
        known = stored_value(call.frame, call.state, obj, EMBEDDING)
        if known is not None:
            found.append(known)
        elif obj.symbolic:
            found.append(call.read(of(obj), EMBEDDING))
        found.extend(part for part in parts_of(call.frame, call.state, obj) if _is_embedding(call, part))
    return join_all(found)


def _embed(call: ModelCall, embedding: Value, texts: Value) -> None:
    """Where a class of the program embeds by a method of its own, that says who gets the texts; else its base does."""
    for obj in embedding.objects():
        own = _own_methods(call, obj)
        for atom in own:
            bound = of(BoundAtom(atom.function, atom.environment, obj))
            call.call(bound, call.container(LIST, texts, "~texts"))
            call.returns = True
        for kind in kinds_of(call.frame, call.state, obj) if not own else ():
            paths = [f"{kind}.embed_documents", f"{kind}()"]
            check_sinks(call.frame, call.state, paths, of(obj), Arguments([texts]), (), call.span)


def _own_methods(call: ModelCall, obj: Obj) -> list[FunctionAtom]:
    found: list[FunctionAtom] = []
    for known in types_of(call.frame, call.state, obj):
        method = call.frame.world.class_attribute(known.cls, "embed_documents") if known.cls is not None else None
        found.extend(atom for atom in (method[0].atoms if method is not None else ()) if isinstance(atom, FunctionAtom))
    return found


def search_store(call: ModelCall) -> Value:
    return found_in(call, call.receiver, call.argument(0, "query"), "", scored="_score" in call.path)


def found_in(call: ModelCall, store: Value, query: Value, part: str, *, scored: bool = False) -> Value:
    """The documents that a search finds; the question goes to the embedding model."""
    _embed(call, _embedding_of(call, store), query)
    held = join_all([call.read(of(obj), ELEMENT) for obj in store.objects()])
    if scored:
        pair = call.new(TUPLE, f"{part}~pair")
        call.state.store(pair, index(0), held)
        held = of(pair)
    return call.container(LIST, held, f"{part}~found")


def as_retriever(call: ModelCall) -> Value:
    made = call.external(RETRIEVER)
    call.state.store(made, STORE, call.receiver)
    return of(made)
