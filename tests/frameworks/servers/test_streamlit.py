"""Streamlit: what people type, and what a session keeps of it."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_what_people_type() -> None:
    assert_sent("""
        import streamlit as st
        from ai import send

        send(st.text_input("Key", type="password"))
        send(st.selectbox("Tone", ["short", "long"]))
        send(st.text_area("About you"))  # expect: DU101
        with st.sidebar:
            send(st.text_input("Question"))  # expect: DU101
        send(st.sidebar.text_input("Question"))  # expect: DU101
        left, right = st.columns(2)
        send(left.text_area("A"))  # expect: DU101
        for tab in st.tabs(["a", "b"]):
            send(tab.text_area("B"))  # expect: DU101
        form = st.form("form")
        send(form.text_input("C"))  # expect: DU101
        upload = st.file_uploader("Letter")
        send(upload.getvalue())  # expect: DU101
    """)


def test_the_conversation_of_a_session() -> None:
    assert_sent("""
        import streamlit as st
        from ai import send

        if "messages" not in st.session_state:
            st.session_state["messages"] = [{"role": "assistant", "content": "Hi"}]
            st.session_state.model = "small"
        for message in st.session_state.messages:
            st.chat_message(message["role"]).write(message["content"])
        if prompt := st.chat_input():
            st.session_state.messages.append({"role": "user", "content": prompt})
            send(st.session_state["messages"])  # expect: DU101
            send([{"role": m["role"], "content": m["content"]} for m in st.session_state.messages])  # expect: DU101
            send(st.session_state["model"])
            send(st.session_state.get("model", "large"))
    """)


def test_a_chain_that_a_session_holds() -> None:
    """Whoever only calls what the session holds says no word of what that is."""
    assert_sent("""
        import streamlit as st
        from langchain.chains import ConversationChain
        from langchain_openai import ChatOpenAI


        def begin():
            st.session_state.chain = ConversationChain(llm=ChatOpenAI())
            st.session_state.count = len


        def ask():
            st.session_state.chain({"question": st.text_input("Question")})  # expect: DU101
            st.session_state.count(st.text_input("Question"))


        begin()
        ask()
    """)


def test_a_session_is_known_to_all_functions() -> None:
    assert_sent("""
        from ai import send
        from streamlit import session_state, text_area


        def begin():
            if "notes" not in session_state:
                session_state["notes"] = []


        def note():
            session_state.notes.append(text_area("Note"))
            session_state.setdefault("others", []).append(text_area("Another"))


        def summarise():
            send(session_state.get("notes"))  # expect: DU101
            send(session_state.others)  # expect: DU101
            send(session_state.get("nothing", "nothing"))


        begin()
        note()
        summarise()
    """)
