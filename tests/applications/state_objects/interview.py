"""Applicants in an interview: what one stage puts into an object, another reads."""

from dataclasses import dataclass, field

import openai

client = openai.OpenAI()


@dataclass
class Applicant:
    name: str
    resume_text: str
    ai_consent: bool


@dataclass
class Context:
    applicant: Applicant
    notes: list[str] = field(default_factory=list)
    prompt: str = ""
    allowed: bool = False


class Interview:
    def __init__(self, applicant: Applicant):
        self.context = Context(applicant)

    def collect(self):
        self.context.notes.append(self.context.applicant.resume_text)
        return self

    def check(self):
        if not self.context.applicant.ai_consent:
            raise PermissionError
        return self

    def write(self):
        self.context.prompt = "\n".join(self.context.notes)
        return self

    def send(self):
        return client.responses.create(model="m", input=self.context.prompt).output_text


def interview(applicant: Applicant):
    return Interview(applicant).collect().write().send()  # expect: DU101


def interview_with_consent(applicant: Applicant):
    return Interview(applicant).check().collect().write().send()


class Recorder:
    last = None

    def remember(self, applicant: Applicant):
        self.last = applicant.resume_text

    def forget(self):
        self.last = None

    def tell(self):
        return client.responses.create(model="m", input=self.last)


def remembered(applicant: Applicant):
    recorder = Recorder()
    recorder.remember(applicant)
    return recorder.tell()  # expect: DU101


def two_recorders(applicant: Applicant):
    first, second = Recorder(), Recorder()
    first.remember(applicant)
    return second.tell()


def forgotten(applicant: Applicant):
    recorder = Recorder()
    recorder.remember(applicant)
    recorder.forget()
    return recorder.tell()
