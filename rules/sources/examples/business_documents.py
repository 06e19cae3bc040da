"""Rows of business applications: what somebody wrote into them is theirs."""

import frappe
import openai
from frappe.model.document import Document
from odoo import fields, models

client = openai.OpenAI()


class SupportTicket(Document):
    def after_insert(self):
        frappe.enqueue(method=classify, ticket=self)  # expect: DU101

    def priority_of(self):
        return client.responses.create(model="m", input=self.priority)


def classify(ticket):
    client.responses.create(model="m", input=ticket.description)


class Message(models.Model):
    _name = "chat.message"

    content = fields.Text(required=True)

    def summarise(self):
        return client.responses.create(model="m", input=self.content)  # expect: DU101
