"""Fine-tunes the model that suggests replies: python -m training.fine_tune"""

from datasets import Dataset
from sqlalchemy import select
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

from training import dataset
from tutoring.database import new_session
from tutoring.models import Student

BASE = "distilgpt2"


def fit(rows, target):
    trainer = Trainer(
        model=AutoModelForCausalLM.from_pretrained(BASE),
        args=TrainingArguments(output_dir=target),
        train_dataset=Dataset.from_list(rows),
    )
    trainer.train()
    trainer.save_model(target)


def replies():
    with new_session() as session:
        students = session.scalars(select(Student)).all()
        fit(dataset.of_assistant_users(session, students), "models/replies")


if __name__ == "__main__":
    replies()
