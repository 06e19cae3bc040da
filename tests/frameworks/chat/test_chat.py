"""Bots and assistants: what people write to them is data of whoever wrote it."""

from __future__ import annotations

from tests.frameworks.sending import AI
from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "consent"
test = ["consent.agreed"]
subject = "0"
allows = ["ai"]
"""


def assert_found(text: str, **more: str) -> None:
    files = {"ai.py": AI, "bot.py": text, **{f"{name}.py": each for name, each in more.items()}}
    assert_labels(files, POLICY)


def test_discord() -> None:
    assert_found("""
        import discord
        from discord import app_commands
        from discord.ext import commands
        from ai import send
        from consent import agreed

        client = discord.Client()
        bot = commands.Bot("!")


        @client.event
        async def on_message(message):
            send(message.content)  # expect: DU101
            if agreed(message.author.id):
                send(message.content)


        @client.event
        async def on_ready():
            send("ready")


        @bot.command(name="ask")
        async def ask(ctx, *, question: str):
            send(question)  # expect: DU101
            if agreed(ctx.author.id):
                send(question)
            if agreed(ctx.guild.owner_id):
                send(question)  # expect: DU101


        @bot.tree.command()
        async def slash(interaction: discord.Interaction, prompt: str):
            send(prompt)  # expect: DU101
            if agreed(interaction.user.id):
                send(prompt)


        class Summaries(commands.Cog):
            @commands.Cog.listener()
            async def on_message(self, message):
                send(message.clean_content)  # expect: DU101

            @commands.command()
            async def summary(self, ctx):
                texts = [each.content async for each in ctx.channel.history(limit=20)]
                send(texts)  # expect: DU101


        class Own(discord.Client):
            async def on_message(self, message):
                send(message.content)  # expect: DU101
    """)


def test_forks_of_discord() -> None:
    assert_found("""
        import disnake
        import nextcord
        from nextcord.ext import commands
        from ai import send

        bot = commands.Bot("!")


        @bot.listen()
        async def on_message(message):
            send(message.content)  # expect: DU101


        async def quote(message: disnake.Message):
            send(message.content)  # expect: DU101
    """)


def test_python_telegram_bot() -> None:
    assert_found("""
        from telegram import Update
        from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters
        from ai import send
        from consent import agreed


        async def chat(update, context):
            send(update.message.text)  # expect: DU101
            if agreed(update.effective_user.id):
                send(update.message.text)


        async def command(update: Update, context: ContextTypes.DEFAULT_TYPE):
            send(" ".join(context.args))  # expect: DU101


        async def photo(update, context):
            send("a photo came")


        def main():
            application = Application.builder().token("x").build()
            application.add_handler(CommandHandler("ask", command))
            application.add_handler(MessageHandler(filters.TEXT, chat))
            application.add_handler(MessageHandler(filters.PHOTO, callback=photo))
            application.run_polling()
    """)


def test_other_libraries_of_telegram() -> None:
    assert_found("""
        import telebot
        from aiogram import Dispatcher, Router
        from telethon import TelegramClient, events
        from ai import send
        from consent import agreed

        bot = telebot.TeleBot("x")
        router = Router()
        client = TelegramClient("x", 1, "y")


        @bot.message_handler(func=lambda message: True)
        def chat(message):
            send(message.text)  # expect: DU101
            if agreed(message.from_user.id):
                send(message.text)


        @router.message()
        async def answer(message):
            send(message.text)  # expect: DU101


        @client.on(events.NewMessage)
        async def heard(event):
            send(event.raw_text)  # expect: DU101
    """)


def test_what_telegram_downloads() -> None:
    assert_found("""
        import io
        from telegram import Update
        from telegram.ext import Application, CallbackContext, MessageHandler, filters
        from ai import send


        async def into_memory(update: Update, context: CallbackContext):
            file = await context.bot.get_file(update.message.voice.file_id)
            buffer = io.BytesIO()
            await file.download_to_memory(buffer)
            buffer.seek(0)
            send(buffer)  # expect: DU101


        async def at_once(update: Update, context: CallbackContext):
            file = await update.message.voice.get_file()
            send(await file.download_as_bytearray())  # expect: DU101


        app = Application.builder().build()
        app.add_handler(MessageHandler(filters.VOICE, into_memory))
        app.add_handler(MessageHandler(filters.VOICE, at_once))
    """)


def test_slack_bolt() -> None:
    assert_found("""
        from slack_bolt import App
        from slack_bolt.async_app import AsyncApp
        from ai import send

        app = App()
        other = AsyncApp()


        @app.message("hello")
        def hello(message, say):
            send(message["text"])  # expect: DU101
            say("hi")


        @app.event("app_mention")
        def mention(body, logger):
            send(body["event"]["text"])  # expect: DU101


        @other.command("/ask")
        async def ask(ack, command, respond):
            await ack()
            send(command.get("text"))  # expect: DU101
    """)


def test_slack_bolt_answers_in_time_and_works_later() -> None:
    assert_found("""
        from slack_bolt import App, BoltResponse
        from ai import send


        def answer(ack, body: dict):
            send(body["event"]["text"])  # expect: DU101
            ack(body)


        def work(payload: dict):
            send(payload["state"]["values"]["block"]["input"]["value"])  # expect: DU101


        def listen(app: App):
            app.event("app_mention")(ack=answer, lazy=[work])


        def check(body, next_):
            next_()
            return BoltResponse(status=200, body="")


        listen(App(before_authorize=check))
    """)


def test_home_assistant() -> None:
    assert_found("""
        from homeassistant.components import conversation
        from homeassistant.core import HomeAssistant, ServiceCall
        from ai import send


        class Agent(conversation.AbstractConversationAgent):
            async def async_process(self, user_input):
                send(user_input.text)  # expect: DU101


        class Entity(conversation.ConversationEntity):
            async def _async_handle_message(self, user_input: conversation.ConversationInput, chat_log):
                send(user_input.text)  # expect: DU101


        async def setup(hass: HomeAssistant):
            async def render(call: ServiceCall):
                send(call.data["prompt"])  # expect: DU101

            hass.services.async_register("openai", "render", render)
    """)


def test_what_clients_send_over_a_web_socket() -> None:
    assert_found("""
        import socketio
        from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer
        from flask_socketio import SocketIO
        from ai import send

        server = socketio.AsyncServer()
        socket = SocketIO()


        @server.event
        async def message(sid, data):
            send(data)  # expect: DU101


        @server.on("join")
        async def join(sid, data):
            send(f"{sid} is here")


        @socket.on("message")
        def heard(data):
            send(data["text"])  # expect: DU101


        class Chat(WebsocketConsumer):
            def receive(self, text_data=None, bytes_data=None):
                send(text_data)  # expect: DU101


        class JsonChat(AsyncJsonWebsocketConsumer):
            async def receive_json(self, content, **kwargs):
                send(content["message"])  # expect: DU101
    """)


def test_mail_of_gmail() -> None:
    assert_found("""
        import base64
        from googleapiclient.discovery import build
        from ai import send

        service = build("gmail", "v1")
        files = build("drive", "v3")


        def mails():
            for each in service.users().messages().list(userId="me").execute()["messages"]:
                send(each["id"])
                mail = service.users().messages().get(userId="me", id=each["id"]).execute()
                send(base64.urlsafe_b64decode(mail["payload"]["body"]["data"]))  # expect: DU101
            send(service.users().threads().get(userId="me", id="t").execute()["messages"])  # expect: DU101
            send(service.users().labels().get(userId="me", id="l").execute())
            send(files.files().get(fileId="f").execute())
    """)


def test_events_of_telethon() -> None:
    assert_found("""
        from telethon import TelegramClient, events
        from ai import send
        from consent import agreed


        class Helper:
            def __init__(self):
                self.client = TelegramClient("helper", 1, "hash")

            async def start(self):
                @self.client.on(events.NewMessage)
                async def heard(event):
                    send(event.raw_text)  # expect: DU101
                    send(event.message.id)
                    if agreed(event.sender):
                        send(event.raw_text)
                    self.answer(event.message)  # expect: DU101

            def answer(self, message):
                send(message.message)
    """)


def test_elements_of_what_a_library_gives() -> None:
    """What they are has no name of its own: mails of a box, fields of a form."""
    assert_found("""
        import discord
        from imap_tools import MailBox
        from ai import send


        def mails():
            for mail in MailBox("host").fetch():
                send(mail.text)  # expect: DU101
                send(mail.uid)
            with MailBox("host").login("me", "secret") as box:
                send([mail.subject for mail in box.fetch()])  # expect: DU101
            newest = list(MailBox("host").fetch())[-1]
            send(newest.html)  # expect: DU101
            send(next(MailBox("host").fetch()).text)  # expect: DU101


        class Form(discord.ui.Modal):
            async def on_submit(self, interaction):
                send(self.title)
                for field in self.children:
                    send(field.label)
                    send(field.value)  # expect: DU101
    """)


def test_other_services() -> None:
    assert_found("""
        import chainlit as cl
        from botbuilder.core import ActivityHandler
        from linebot.v3 import WebhookHandler
        from nio import AsyncClient, RoomMessageText
        from rasa_sdk import Action
        from ai import send

        handler = WebhookHandler("secret")


        @cl.on_message
        async def main(message):
            send(message.content)  # expect: DU101


        class Bot(ActivityHandler):
            async def on_message_activity(self, turn_context):
                send(turn_context.activity.text)  # expect: DU101


        @handler.add("MessageEvent")
        def line(event):
            send(event.message.text)  # expect: DU101


        class Answer(Action):
            def run(self, dispatcher, tracker, domain):
                send(tracker.latest_message["text"])  # expect: DU101
                return []


        async def heard(room, event):
            send(event.body)  # expect: DU101


        def start(client: AsyncClient):
            client.add_event_callback(heard, RoomMessageText)
    """)
