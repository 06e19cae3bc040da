"""Applications that are made by one call: who answers is in what they were made with, or left out."""

from __future__ import annotations

from tests.programs import assert_labels


def test_embedchain() -> None:
    assert_labels(
        {
            "app.py": """
            import streamlit as st
            from embedchain import App

            app = App()
            local = App.from_config(config={"llm": {"provider": "ollama"}})


            def add(upload):
                app.add("https://example.org", data_type="web_page")
                local.add(st.text_area("Notes"), data_type="text")
                app.add(st.text_area("Notes"), data_type="text")  # expect: DU102


            def ask():
                app.chat("Hello")
                local.query(st.text_input("Question"))
                app.chat(st.text_input("Question"))  # expect: DU101
                return app.query(st.text_input("Question"))  # expect: DU101
        """
        }
    )


def test_a_swarm() -> None:
    assert_labels(
        {
            "app.py": """
            import streamlit as st
            from autogen import SwarmAgent, initiate_swarm_chat

            agent = SwarmAgent("helper", llm_config={"model": "gpt-4o"})


            def ask():
                feeling = st.text_area("How are you?")
                initiate_swarm_chat(initial_agent=agent, agents=[agent], messages=f"I am {feeling}")  # expect: DU101
                initiate_swarm_chat(initial_agent=agent, agents=[agent], messages="Hello", max_rounds=3)
        """
        }
    )


def test_agents_that_listen() -> None:
    assert_labels(
        {
            "app.py": """
            from agents.realtime import RealtimeAgent, RealtimeRunner
            from agents.voice import SingleAgentVoiceWorkflow, VoicePipeline
            from fastapi import FastAPI, WebSocket

            app = FastAPI()
            pipeline = VoicePipeline(workflow=SingleAgentVoiceWorkflow(None))


            @app.websocket("/voice")
            async def voice(socket: WebSocket):
                await pipeline.run(await socket.receive_bytes())  # expect: DU101
                session = await RealtimeRunner(RealtimeAgent("a")).run()
                async with session:
                    await session.send_message("Hello")
                    await session.send_message(await socket.receive_text())  # expect: DU101
                    await session.send_audio(await socket.receive_bytes())  # expect: DU101
        """
        }
    )


def test_a_server_of_chatkit() -> None:
    assert_labels(
        {
            "app.py": """
            from agents import Agent, Runner
            from chatkit.server import ChatKitServer

            agent = Agent("helper")


            def text_of(item):
                return " ".join(part.text for part in item.content)


            class Server(ChatKitServer):
                async def respond(self, thread, item, context):
                    Runner.run_streamed(agent, thread.id)
                    Runner.run_streamed(agent, text_of(item))  # expect: DU101
        """
        }
    )
