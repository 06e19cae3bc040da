"""An example of a plugin: it describes an event bus and a chat-bot framework whose code is not scanned."""

from __future__ import annotations

from pathlib import Path

import pluggy

from datause_lint.plugins.facts import CallEdge, EntryPoint, FrameworkFact, Registration, RunsBefore

hookimpl = pluggy.HookimplMarker("datause_lint")


@hookimpl
def datause_rule_packs() -> list[Path]:
    """What a message holds is data: the facts say only who is called with one."""
    return [Path(__file__).with_name("acme_plugin.toml")]


@hookimpl
def datause_framework_facts() -> list[FrameworkFact]:
    return [
        # bus.subscribe("order.paid", handle) and @bus.on("order.paid"): bus.publish("order.paid", order) calls them.
        Registration(
            "acme_bus.Bus().subscribe", function="handler|1", called_by="acme_bus.Bus().publish", key="0", chosen_by="0"
        ),
        Registration("acme_bus.Bus().on", called_by="acme_bus.Bus().publish", key="0", chosen_by="0"),
        # bus.ask(Question(…)) gives back what the function returns that was registered for the question's class.
        Registration(
            "acme_bus.Bus().answers",
            called_by="acme_bus.Bus().ask",
            key="0",
            chosen_by="0",
            arguments={"0": "0"},
            returns=True,
        ),
        # acme_bus.flush(items) calls a function that it knows by name.
        CallEdge("acme_bus.flush", "app.outbox.send_all", arguments={"0": "items|0"}),
        # @bot.on_message: the framework calls it with a message; @bot.before: what runs before, and may refuse.
        Registration("acme_bot.Bot().on_message", parameters={"0": "acme_bot.Message"}),
        Registration("acme_bot.Bot().before", parameters={"0": "acme_bot.Message"}),
        RunsBefore("acme_bot.Bot().before", "acme_bot.Bot().on_message", outcome="true"),
        # @bot.command() def ask(context, question): the question is what somebody wrote, context.author is who.
        Registration(
            "acme_bot.Bot().command",
            parameters={"0": "acme_bot.Context"},
            delivers="user.content.private",
            person="0.author",
        ),
        # @bot.event def on_edit(before, after): by the function's name.
        Registration("acme_bot.Bot().event", named="on_edit", parameters={"1": "acme_bot.Message"}),
        # class Greeting(acme_bot.Skill): def handle(self, message)
        EntryPoint("acme_bot.Skill().handle", parameters={"0": "acme_bot.Message"}),
        RunsBefore("app.gates.agreed", "acme_bot.Skill().handle"),
    ]
