"""Chat frameworks, web sockets of servers, and assistants: whom they call, with what, and who is talking.

What is data in the objects that they hand over is in the packs (``rules/sources/messaging.toml``, ``web.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from datause_lint.analysis.framework_facts import EntryPoint, FrameworkFact, Registration

PRIVATE: Final = "user.content.private"


def chat_facts() -> tuple[FrameworkFact, ...]:
    return (*_discord(), *_telegram(), *_slack(), *_other_services(), *_servers())


def _discord() -> Iterator[FrameworkFact]:
    bots = [
        *("discord.Client()", "discord.AutoShardedClient()", "discord.Bot()"),
        *("discord.ext.commands.Bot()", "discord.ext.commands.AutoShardedBot()"),
    ]
    for call in [f"{bot}.{name}" for bot in bots for name in ("event", "listen")] + [
        "discord.ext.commands.Cog.listener"
    ]:
        yield Registration(call, named="on_message", parameters={"0": "discord.Message"})
        edited = {"0": "discord.Message", "1": "discord.Message"}
        yield Registration(call, named="on_message_edit", parameters=edited)
    for bot in bots:
        yield EntryPoint(f"{bot}.on_message", {"0": "discord.Message"})
    context = {"0": "discord.ext.commands.Context"}
    holders = ["discord.ext.commands", *(f"{bot}" for bot in bots), "discord.ext.commands.Group()"]
    for call in [f"{holder}.{name}" for holder in holders for name in ("command", "hybrid_command", "group")]:
        yield Registration(call, parameters=context, delivers=PRIVATE, person="0.author")
    interaction = {"0": "discord.Interaction"}
    for call in (
        *("discord.app_commands.command", "discord.app_commands.CommandTree().command"),
        *("discord.Bot().slash_command", "discord.slash_command", "discord.app_commands.Group().command"),
    ):
        yield Registration(call, parameters=interaction, delivers=PRIVATE, person="0.user")
    yield EntryPoint("discord.ui.Modal().on_submit", interaction, person="0.user")


def _telegram() -> Iterator[FrameworkFact]:
    update = {"0": "telegram.Update", "1": "telegram.ext.CallbackContext"}
    for handler, position in {
        **{"MessageHandler": 1, "CommandHandler": 1, "StringCommandHandler": 1, "PrefixHandler": 2},
        **{"CallbackQueryHandler": 0, "InlineQueryHandler": 0, "ChosenInlineResultHandler": 0},
        **{"BusinessMessagesDeletedHandler": 0, "TypeHandler": 1},
    }.items():
        argument = f"callback|{position}"
        people = ("0.effective_user", "0.message.from_user", "0.effective_message.from_user")
        yield Registration(f"telegram.ext.{handler}", argument, parameters=update, person=people)
    message = {"0": "telebot.types.Message"}
    for bot in ("telebot.TeleBot()", "telebot.async_telebot.AsyncTeleBot()"):
        for name in ("message_handler", "edited_message_handler", "channel_post_handler"):
            yield Registration(f"{bot}.{name}", parameters=message, person="0.from_user")
        yield Registration(f"{bot}.register_message_handler", "callback|0", parameters=message, person="0.from_user")
        yield Registration(f"{bot}.register_next_step_handler", "callback|1", parameters=message, person="0.from_user")
    message = {"0": "aiogram.types.Message"}
    for call in (
        *("aiogram.Router().message", "aiogram.Dispatcher().message", "aiogram.Dispatcher().message_handler"),
        *("aiogram.Router().edited_message", "aiogram.Router().business_message"),
    ):
        yield Registration(call, parameters=message, person="0.from_user")
    yield Registration("pyrogram.Client().on_message", parameters={"1": "pyrogram.types.Message"}, person="1.from_user")
    yield Registration(
        "telethon.TelegramClient().on", parameters={"0": "telethon.events.NewMessage.Event"}, person="0.sender"
    )


def _slack() -> Iterator[FrameworkFact]:
    payload = ("message", "event", "body", "payload", "command", "view", "action", "shortcut", "options")
    told = dict.fromkeys(payload, "slack_bolt.Payload")
    for name in (
        *("message", "event", "command", "action", "view", "shortcut", "options", "block_action", "view_submission"),
        *("global_shortcut", "message_shortcut", "dialog_submission", "function"),
    ):
        yield Registration(f"slack_bolt.App().{name}", parameters=told)
        for argument in ("ack", "lazy"):  # what answers in time, and those that do the work after it
            yield Registration(f"slack_bolt.App().{name}()", argument, parameters=told)
    for name in ("user_message", "thread_started"):  # of the assistant's side pane
        yield Registration(f"slack_bolt.Assistant().{name}", parameters=told)


def _other_services() -> Iterator[FrameworkFact]:
    yield EntryPoint("botbuilder.core.ActivityHandler().on_message_activity", {"0": "botbuilder.core.TurnContext"})
    yield from _chainlit()
    yield EntryPoint("chatkit.server.ChatKitServer().respond", {"1": "chatkit.types.UserMessageItem"})
    yield EntryPoint("rasa_sdk.Action().run", {"1": "rasa_sdk.Tracker"})
    yield Registration("nio.AsyncClient().add_event_callback", "callback|0", parameters={"1": "nio.RoomMessageText"})
    yield Registration("linebot.WebhookHandler().add", parameters={"0": "linebot.models.MessageEvent"})
    yield Registration("pywa.WhatsApp().on_message", parameters={"1": "pywa.types.Message"}, person="1.from_user")
    yield Registration("errbot.botcmd", parameters={"0": "errbot.backends.base.Message"}, delivers=PRIVATE)
    yield Registration("twitchio.ext.commands.command", parameters=TWITCH, delivers=PRIVATE, person="0.author")
    yield EntryPoint("twitchio.Client().event_message", {"0": "twitchio.Message"})
    yield EntryPoint("twitchio.ext.commands.Bot().event_message", {"0": "twitchio.Message"})
    for entity in ("ConversationEntity", "AbstractConversationAgent"):
        yield EntryPoint(f"homeassistant.components.conversation.{entity}().async_process", HOME)
        yield EntryPoint(f"homeassistant.components.conversation.{entity}()._async_handle_message", HOME)
    service = {"0": "homeassistant.core.ServiceCall"}
    yield Registration(
        "homeassistant.core.HomeAssistant().services.async_register", "service_func|2", parameters=service
    )
    yield Registration("homeassistant.core.ServiceRegistry().async_register", "service_func|2", parameters=service)


TWITCH: Final = {"0": "twitchio.ext.commands.Context"}
HOME: Final = {"0": "homeassistant.components.conversation.ConversationInput"}


def _chainlit() -> Iterator[FrameworkFact]:
    yield Registration("chainlit.on_message", parameters={"0": "chainlit.Message"})
    yield Registration("chainlit.on_audio_chunk", parameters={"0": "chainlit.InputAudioChunk"})
    yield Registration("chainlit.on_window_message", delivers=PRIVATE)
    yield Registration("chainlit.on_chat_resume", parameters={"0": "chainlit.types.ThreadDict"})
    for call in ("on_chat_start", "on_audio_start", "on_audio_end", "on_chat_end", "action_callback", "on_stop"):
        yield Registration(f"chainlit.{call}")
    yield Registration("chainlit.on_settings_update")


def _servers() -> Iterator[FrameworkFact]:
    """What a client sends over a web socket."""
    for server in ("socketio.Server()", "socketio.AsyncServer()"):
        for name in ("on", "event"):
            yield Registration(f"{server}.{name}", parameters={"0": "socketio.SessionId"}, delivers=PRIVATE)
    for name in ("on", "event"):
        yield Registration(f"flask_socketio.SocketIO().{name}", delivers=PRIVATE)
    for consumer in ("WebsocketConsumer", "AsyncWebsocketConsumer"):
        yield EntryPoint(f"channels.generic.websocket.{consumer}().receive", delivers=PRIVATE)
    for consumer in ("JsonWebsocketConsumer", "AsyncJsonWebsocketConsumer"):
        yield EntryPoint(f"channels.generic.websocket.{consumer}().receive_json", delivers=PRIVATE)
    yield EntryPoint("channels.generic.http.AsyncHttpConsumer().handle", delivers=PRIVATE)
    yield EntryPoint("tornado.websocket.WebSocketHandler().on_message", delivers=PRIVATE)
