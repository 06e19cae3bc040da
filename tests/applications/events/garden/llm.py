import openai


def classify(text):
    return openai.OpenAI().responses.create(model="m", input=text)
