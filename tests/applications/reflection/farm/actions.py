import openai


class Actions:
    def __init__(self):
        self.client = openai.OpenAI()

    def summarise(self, text):
        return self.client.responses.create(model="m", input=text).output_text

    def measure(self, text):
        return len(text)
