"""Pages of a manual, and a model that is used, not tuned."""

from dataclasses import dataclass

from datasets import Dataset
from transformers import pipeline
from trl import SFTTrainer


@dataclass
class Chat:
    transcript: str
    rating: int


def tune_on_manual(pages: list[str]) -> None:
    SFTTrainer(model="Qwen/Qwen2.5-0.5B", train_dataset=Dataset.from_list([{"text": page} for page in pages])).train()


def classify(chats: list[Chat]) -> list[str]:
    classifier = pipeline("text-classification")
    return [classifier(chat.transcript)[0]["label"] for chat in chats]
