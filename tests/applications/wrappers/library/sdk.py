import openai

_client = openai.OpenAI()


def raw_completion(messages, **options):
    return _client.chat.completions.create(model="m", messages=messages, **options)
