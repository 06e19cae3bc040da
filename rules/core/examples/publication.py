"""Data sets that become public."""

from dataclasses import dataclass

from datasets import Dataset
from huggingface_hub import HfApi


@dataclass
class Chat:
    customer_name: str
    transcript: str


def publish(chats: list[Chat]) -> None:
    rows = [{"text": chat.transcript} for chat in chats]
    Dataset.from_list(rows).push_to_hub("acme/chats")  # expect: DU301


def publish_file(chats: list[Chat]) -> None:
    text = "\n".join(chat.customer_name for chat in chats)
    HfApi().upload_file(  # expect: DU301
        path_or_fileobj=text.encode(), path_in_repo="names.txt", repo_id="acme/names", repo_type="dataset"
    )


def store_privately(chats: list[Chat]) -> None:
    rows = [{"text": chat.transcript} for chat in chats]
    Dataset.from_list(rows).push_to_hub("acme/chats", private=True)  # expect: DU103
