"""Chats that a language model is tuned on."""

from dataclasses import dataclass

from datasets import Dataset
from openai import OpenAI
from trl import SFTTrainer


@dataclass
class Chat:
    transcript: str
    rating: int


def tune(chats: list[Chat]) -> None:
    rows = [{"text": chat.transcript} for chat in chats]
    trainer = SFTTrainer(model="Qwen/Qwen2.5-0.5B", train_dataset=Dataset.from_list(rows))
    trainer.train()  # expect: DU202


def tune_hosted(chats: list[Chat]) -> str:
    lines = "\n".join(chat.transcript for chat in chats)
    return OpenAI().files.create(file=("train.jsonl", lines.encode()), purpose="fine-tune").id  # expect: DU202
