"""What people write to a bot is theirs; the framework hands it over."""

import openai
from discord.ext import commands

bot = commands.Bot("!")
client = openai.AsyncOpenAI()


@bot.listen()
async def on_message(message):
    await client.responses.create(model="gpt-5", input=message.content)  # expect: DU101


@bot.command()
async def ask(ctx, *, question: str):
    await client.responses.create(model="gpt-5", input=question)  # expect: DU101


@bot.command()
async def joke(ctx):
    await client.responses.create(model="gpt-5", input="Tell a joke.")
