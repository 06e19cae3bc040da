"""Some nouns for people are as often ones for software: a client, a reader, a worker."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_a_class_of_such_a_name_is_a_person_where_it_is_a_record_or_has_an_address() -> None:
    assert_sent("""
        from dataclasses import dataclass

        from ai import send


        class ServiceClient:
            def __init__(self, url, password):
                self.url = url
                self.name = url
                self.password = password


        class Client:
            def __init__(self, name, email):
                self.name = name
                self.email = email


        @dataclass
        class Worker:
            name: str


        def of_software(client: ServiceClient):
            send(client.password)
            send(client.name)


        def made_here():
            client = ServiceClient("https://service.internal", "x")
            send(client.name)


        def of_a_customer(client: Client):
            send(client.email)  # expect: DU101
            send(client.name)  # expect: DU101


        def of_an_employee(worker: Worker):
            send(worker.name)  # expect: DU101


        def of_somebody(client):
            send(client.email)  # expect: DU101
    """)


def test_how_a_bot_is_set_up_is_nobody_s_content() -> None:
    assert_sent("""
        from ai import send
        from frappe.model.document import Document
        from django.contrib.auth.models import User
        from django.db import models


        class SupportBot(Document):
            def test(self):
                send(self.instruction)
                send(self.prompt)


        class ChatMessage(Document):
            def answer(self):
                send(self.text)  # expect: DU101
                send(self.prompt)  # expect: DU101


        class Assistant(models.Model):
            user = models.ForeignKey(User, on_delete=models.CASCADE)
            instructions = models.TextField()


        class Question(models.Model):
            user = models.ForeignKey(User, on_delete=models.CASCADE)
            prompt = models.TextField()


        def stored(number):
            send(Assistant.objects.get(id=number).instructions)
            send(Question.objects.get(id=number).prompt)  # expect: DU101
    """)
