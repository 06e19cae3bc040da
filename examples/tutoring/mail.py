"""Outgoing mail."""

import smtplib
from email.message import EmailMessage


def send_mail(recipient: str, text: str) -> None:
    message = EmailMessage()
    message["To"] = recipient
    message["Subject"] = "News from your lessons"
    message.set_content(text)
    with smtplib.SMTP("localhost") as server:
        server.send_message(message)
