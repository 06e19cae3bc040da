"""The one place that talks to the language model."""

from openai import OpenAI

from tutoring import prompts

_client = OpenAI()
MODEL = "gpt-4o-mini"


def complete(system, text):
    answer = _client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": system}, {"role": "user", "content": text}],
    )
    return answer.choices[0].message.content


def explain(question):
    """A hint for a student, in small steps."""
    return complete(prompts.TUTOR, question)


def summarise(lesson):
    """Three sentences for the parents."""
    lines = [f"Subject: {lesson.subject}", f"Notes: {lesson.notes}"]
    return complete(prompts.SUMMARY, "\n".join(lines))


def embed(texts):
    response = _client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [item.embedding for item in response.data]
