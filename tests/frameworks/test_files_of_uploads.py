"""Uploads that a library puts into a file: whoever reads it, or hands its path to a reader, has what they hold."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_what_a_request_brings_is_saved_and_read() -> None:
    assert_sent("""
        import os
        from flask import Flask, request
        from langchain_community.document_loaders import PyPDFLoader
        from pypdf import PdfReader
        from werkzeug.utils import secure_filename
        from ai import send

        app = Flask(__name__)


        def text_of(path):
            return "".join(page.extract_text() for page in PdfReader(path).pages)


        @app.post("/known")
        def known():
            request.files["letter"].save("letter.pdf")
            send(open("letter.pdf").read())  # expect: DU101
            send(PdfReader("letter.pdf").pages[0].extract_text())  # expect: DU101
            send(open("terms.pdf").read())
            send(PdfReader("terms.pdf").pages[0].extract_text())
            send("letter.pdf")
            send(os.path.getsize("letter.pdf"))


        @app.post("/named")
        def named():
            letter = request.files.get("letter")
            path = os.path.join("uploads", secure_filename(letter.filename))
            letter.save(path)
            send(text_of(path))  # expect: DU101
            send(PyPDFLoader(path).load()[0].page_content)  # expect: DU101


        @app.post("/many")
        def many():
            for letter in request.files.getlist("letters"):
                letter.save(dst="one.txt")
                send(open("one.txt").read())  # expect: DU101
    """)


def test_what_a_bot_downloads() -> None:
    assert_sent("""
        import discord
        from aiogram import Bot, Router
        from aiogram.types import Message
        from telegram import Update
        from ai import send

        router = Router()


        @router.message()
        async def voice(message: Message, bot: Bot):
            file = await bot.get_file(message.voice.file_id)
            send(await bot.download_file(file.file_path))  # expect: DU101
            await bot.download_file(file.file_path, f"{message.from_user.id}.ogg")
            send(open(f"{message.from_user.id}.ogg").read())  # expect: DU101
            send(open("greeting.ogg").read())


        async def letter(update: Update, context):
            file = await update.message.document.get_file()
            await file.download_to_drive("from_telegram.txt")
            send(open("from_telegram.txt").read())  # expect: DU101
            send(open(await file.download_to_drive()).read())  # expect: DU101


        async def picture(message: discord.Message):
            for attachment in message.attachments:
                send(attachment.size)
                send(await attachment.read())  # expect: DU101
                send(attachment.url)  # expect: DU101
                await attachment.save("from_discord.png")
                send(open("from_discord.png").read())  # expect: DU101
    """)


def test_a_picture_that_is_changed_and_kept() -> None:
    assert_sent("""
        import streamlit as st
        from PIL import Image
        from ai import send

        picture = Image.open(st.file_uploader("Picture"))
        picture.resize((500, 500)).save("small.png")
        send(open("small.png", "rb").read())  # expect: DU101
        Image.new("RGB", (5, 5)).resize((9, 9)).save("blank.png")
        send(open("blank.png", "rb").read())
    """)
