"""Chainlit: what people write, say and upload, and what a session keeps of it between two messages."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_a_session_keeps_what_was_written() -> None:
    assert_sent("""
        import chainlit as cl
        from ai import send


        @cl.on_chat_start
        async def start():
            cl.user_session.set("history", [{"role": "system", "content": "Be kind."}])
            cl.user_session.set("tone", "kind")


        async def answer():
            history = cl.user_session.get("history")
            send(history + [{"role": "user", "content": "speak"}])  # expect: DU101
            send(cl.user_session.get("tone", "short"))
            send(cl.user_session.get("nothing"))


        @cl.on_message
        async def main(message: cl.Message):
            cl.user_session.get("history").append({"role": "user", "content": message.content})
            await answer()
    """)


def test_a_session_keeps_the_chain() -> None:
    assert_sent("""
        import chainlit as cl
        from ai import send
        from langchain.chains import ConversationChain
        from langchain_openai import ChatOpenAI
        from langchain_ollama import ChatOllama


        @cl.on_chat_start
        def begin():
            cl.user_session.set("chain", ConversationChain(llm=ChatOpenAI()))
            cl.user_session.set("local", ConversationChain(llm=ChatOllama(model="m")))


        @cl.on_message
        async def ask(message: cl.Message):
            chain = cl.user_session.get("chain")
            await chain.acall(message.content)  # expect: DU101


        @cl.on_message
        async def called(message: cl.Message):
            conversation = cl.user_session.get("chain")
            await cl.make_async(conversation)(message.content)  # expect: DU101


        @cl.on_message
        async def here(message: cl.Message):
            await cl.user_session.get("local").acall(message.content)
    """)


def test_what_the_program_answers_is_its_own() -> None:
    assert_sent("""
        import chainlit as cl
        from ai import send


        @cl.on_message
        async def main(message: cl.Message):
            answer = cl.Message(content="")
            await answer.stream_token("Hello")
            send(answer.content)
            other = cl.Message("Hello")
            send(other.content)
            echo = cl.Message(content=message.content)
            send(echo.content)  # expect: DU101
            answer.content = message.content
            send(answer.content)  # expect: DU101


        async def helper(message: cl.Message):
            send(message.content)  # expect: DU101
    """)


def test_the_whole_conversation() -> None:
    assert_sent("""
        import chainlit as cl
        from ai import send


        @cl.on_message
        async def main(message: cl.Message):
            send([{"role": "system", "content": "Be kind."}, *cl.chat_context.to_openai()])  # expect: DU101
            for each in cl.chat_context.get():
                send(each.content)  # expect: DU101
                send(each.id)


        @cl.on_chat_resume
        async def resume(thread):
            send(thread["id"])
            send([step["output"] for step in thread["steps"]])  # expect: DU101
    """)


def test_uploads_and_recordings() -> None:
    assert_sent("""
        import io
        import wave
        import chainlit as cl
        from ai import send


        @cl.on_message
        async def main(message: cl.Message):
            for element in message.elements or []:
                send(element.mime)
                send(open(element.path).read())  # expect: DU101
            images = [each for each in message.elements if "image" in each.mime]
            send(images[0].content)  # expect: DU101


        @cl.on_chat_start
        async def start():
            files = await cl.AskFileMessage(content="A file, please", accept=["text/plain"]).send()
            send(files[0].size)
            send(open(files[0].path).read())  # expect: DU101
            for file in files:
                with open(file.path) as opened:
                    send(opened.read())  # expect: DU101
            answer = await cl.AskUserMessage(content="Your name?").send()
            send(answer["output"])  # expect: DU101


        @cl.on_audio_chunk
        async def chunk(chunk):
            send(chunk.mimeType)
            cl.user_session.set("sound", chunk.data)


        @cl.on_audio_end
        async def end():
            file = io.BytesIO()
            with wave.open(file, "wb") as out:
                out.setnchannels(1)
                out.writeframes(cl.user_session.get("sound"))
            send(file.getvalue())  # expect: DU101


        @cl.step(type="tool")
        async def tool(text):
            send(text)


        @cl.on_message
        async def other(message: cl.Message):
            await tool(message.content)  # expect: DU101
            await tool("nothing")
            cl.run_sync(tool(message.content))  # expect: DU101
    """)
