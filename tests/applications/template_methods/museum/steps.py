import abc

import openai

client = openai.OpenAI()


class Step(abc.ABC):
    def run(self, visitor):
        if not self.may(visitor):
            return None
        return self.finish(client.responses.create(model="m", input=self.prompt(visitor)))

    def may(self, visitor):
        return True

    @abc.abstractmethod
    def prompt(self, visitor): ...

    def finish(self, response):
        return response.output_text


class Checked(Step):
    def may(self, visitor):
        return visitor.ai_consent
