"""Prompts without personal data, and personal data for a model on this machine."""

from dataclasses import dataclass

from openai import OpenAI

hosted = OpenAI()
local = OpenAI(base_url="http://localhost:8000/v1", api_key="unused")


@dataclass
class Customer:
    full_name: str
    email: str
    plan: str


def describe_plan(customer: Customer) -> str:
    return hosted.responses.create(model="gpt-4o-mini", input=f"Describe the plan {customer.plan}").output_text


def count(customers: list[Customer]) -> str:
    return hosted.responses.create(model="gpt-4o-mini", input=f"We have {len(customers)} customers").output_text


def greet(customer: Customer) -> str:
    return local.responses.create(model="qwen2.5-7b", input=f"Greet {customer.full_name}").output_text
