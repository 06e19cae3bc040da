import json

import openai

from survey.collect import FILE, OPEN_FILE

client = openai.OpenAI()


def report():
    with open(FILE) as file:
        texts = [json.loads(line)["text"] for line in file]
    return client.responses.create(model="m", input="\n".join(texts))  # expect: DU101


def report_of_agreed():
    with open(OPEN_FILE) as file:
        texts = [json.loads(line)["text"] for line in file]
    return client.responses.create(model="m", input="\n".join(texts))
