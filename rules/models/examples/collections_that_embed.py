"""A collection of Chroma that was made with a hosted embedding model sends it what is put in."""

import chromadb
from chromadb.utils import embedding_functions

hosted = embedding_functions.OpenAIEmbeddingFunction(model_name="text-embedding-3-small")


def notes():
    return chromadb.PersistentClient().get_or_create_collection("notes", embedding_function=hosted)


def keep(user):
    notes().add(ids=["1"], documents=[user.biography])  # expect: DU102
    notes().add(ids=["1"], documents=["about nobody"])


def keep_at_home(user):
    own = chromadb.PersistentClient().get_or_create_collection("notes")
    own.add(ids=["1"], documents=[user.biography])
