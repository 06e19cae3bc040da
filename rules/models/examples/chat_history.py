"""A chat that is begun with what was said before sends that with every message."""

import google.generativeai
from google import genai
from google.genai import types

client = genai.Client()


def go_on(user):
    said = [types.UserContent(parts=[types.Part(text=user.email)])]
    client.chats.create(model="gemini", history=said).send_message("And now?")  # expect: DU101


def go_on_with_the_old_one(user):
    model = google.generativeai.GenerativeModel("gemini")
    model.start_chat(history=[{"role": "user", "parts": [user.email]}]).send_message("And now?")  # expect: DU101


def begin(user):
    client.chats.create(model="gemini", history=[]).send_message("Hello")
