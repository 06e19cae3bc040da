from abc import ABC, abstractmethod

import openai

client = openai.OpenAI()


class Stage(ABC):
    @abstractmethod
    def process(self, job): ...


class Consent(Stage):
    def process(self, job):
        if not job.customer.ai_consent:
            raise PermissionError
        return job


class Collect(Stage):
    def process(self, job):
        job.text = job.customer.prescription_transcript
        return job


class Ask(Stage):
    def process(self, job):
        job.answer = client.responses.create(model="m", input=job.text).output_text
        return job


class Pipeline:
    def __init__(self, *stages):
        self.stages = stages

    def run(self, job):
        for stage in self.stages:
            job = stage.process(job)
        return job
