from library.sdk import raw_completion


def complete(prompt, system=None, temperature=0.0):
    messages = [{"role": "system", "content": system or "Be kind."}, {"role": "user", "content": prompt}]
    return _text(raw_completion(messages, temperature=temperature))


def _text(completion):
    return completion.choices[0].message.content.strip()


class Assistant:
    def __init__(self, system):
        self._system = system

    def ask(self, question):
        return self._retried(question, attempts=3)

    def _retried(self, question, attempts):
        for _ in range(attempts):
            try:
                return complete(question, system=self._system)
            except TimeoutError:
                continue
        return ""
