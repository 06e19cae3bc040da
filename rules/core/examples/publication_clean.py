"""A public data set of recipes."""

from datasets import Dataset


def publish(recipes: list[dict[str, str]]) -> None:
    Dataset.from_list([{"text": recipe["instructions"]} for recipe in recipes]).push_to_hub("acme/recipes")
