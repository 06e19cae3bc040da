"""Vector stores embed what comes in and give it back; tools give what their functions find; graphs run their nodes."""

# ruff: noqa: E501  # a program or call stands on one line

from __future__ import annotations

import pytest
from tests.frameworks.langchain.programs import labels

STORES = [
    ("from langchain_community.vectorstores import FAISS as Store", "Store.from_texts({texts}, {model})"),
    (
        "from langchain_community.vectorstores import FAISS as Store",
        "Store.from_texts(texts={texts}, embedding={model})",
    ),
    ("from langchain_chroma import Chroma as Store", "Store.from_texts({texts}, {model}, collection_name='x')"),
    ("from langchain_chroma import Chroma as Store", "Store(embedding_function={model}).add_texts({texts})"),
    ("from langchain_core.vectorstores import InMemoryVectorStore as Store", "Store({model}).add_texts({texts})"),
    (
        "from langchain_core.vectorstores import InMemoryVectorStore as Store",
        "Store(embedding={model}).add_texts(texts={texts})",
    ),
    (
        "from langchain_qdrant import QdrantVectorStore as Store",
        "Store(client=1, embedding={model}).add_texts({texts})",
    ),
    (
        "from langchain_pinecone import PineconeVectorStore as Store",
        "Store(index=1, embedding={model}).add_texts({texts})",
    ),
    ("from langchain_postgres import PGVector as Store", "Store(embeddings={model}).add_texts({texts})"),
    ("from langchain.vectorstores import Pinecone as Store", "Store.from_texts({texts}, {model})"),
    (
        "from langchain_community.vectorstores import FAISS as Store\nfrom langchain_core.documents import Document",
        "Store.from_documents([Document(page_content=text) for text in {texts}], {model})",
    ),
    (
        "from langchain_core.vectorstores import InMemoryVectorStore as Store\nfrom langchain_core.documents import Document",
        "Store({model}).add_documents([Document(text) for text in {texts}])",
    ),
]


@pytest.mark.parametrize(("imports", "call"), STORES)
def test_a_store_sends_what_comes_in_to_its_embedding_model(imports: str, call: str) -> None:
    hosted, on_site = "OpenAIEmbeddings()", "OllamaEmbeddings(model='x')"
    labels(f"""
{imports}

def unchecked(customer: Customer):
    return {call.format(texts="[customer.email]", model=hosted)}  # expect: DU102

def checked(customers: list[Customer]):
    return {call.format(texts="[customer.email for customer in customers if customer.ai_consent]", model=hosted)}

def at_home(customer: Customer):
    return {call.format(texts="[customer.email]", model=on_site)}
""")


@pytest.mark.parametrize(
    "search",
    [
        "store.similarity_search(question)[0].page_content",
        "[document.page_content for document in store.similarity_search(question, k=3)]",
        "[document.page_content for document, score in store.similarity_search_with_score(question)]",
        "store.max_marginal_relevance_search(question)[0].page_content",
        "store.as_retriever().invoke(question)[0].page_content",
        "store.as_retriever(search_kwargs={'k': 3}).get_relevant_documents(question)[0].page_content",
        "'\\n'.join(found.page_content for found in store.as_retriever().invoke(question))",
        "join(store.as_retriever().invoke(question))",
    ],
)
def test_what_is_found_is_what_was_put_in(search: str) -> None:
    labels(f"""
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document

def join(documents):
    return "".join(document.page_content for document in documents)

def unchecked(customer: Customer, question: str):
    store = FAISS.from_texts([customer.email], OllamaEmbeddings(model="x"))
    llm.invoke({search})  # expect: DU101

def of_documents(customer: Customer, question: str):
    documents = [Document(page_content=customer.email, metadata={{"plan": customer.plan}})]
    store = FAISS.from_documents(documents, OllamaEmbeddings(model="x"))
    llm.invoke({search})  # expect: DU101

def only_plans(customer: Customer, question: str):
    store = FAISS.from_texts([customer.plan], OllamaEmbeddings(model="x"))
    llm.invoke({search})

def at_home(customer: Customer, question: str):
    store = FAISS.from_texts([customer.email], OllamaEmbeddings(model="x"))
    local.invoke({search})

def checked(customers: list[Customer], question: str):
    texts = [customer.email for customer in customers if customer.ai_consent]
    store = FAISS.from_texts(texts, OllamaEmbeddings(model="x"))
    llm.invoke({search})
""")


def test_metadata_does_not_go_to_the_embedding_model() -> None:
    labels("""
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document

def described(customer: Customer):
    documents = [Document(page_content=customer.plan, metadata={"email": customer.email})]
    store = FAISS.from_documents(documents, OpenAIEmbeddings())
    found = store.similarity_search("x")[0]
    llm.invoke(found.page_content)
    llm.invoke(found.metadata["email"])  # expect: DU101
""")


def test_a_question_goes_to_the_embedding_model() -> None:
    labels("""
from langchain_community.vectorstores import FAISS

def ask(customer: Customer):
    store = FAISS.from_texts(["printed"], OpenAIEmbeddings())
    store.similarity_search(customer.email)  # expect: DU102
    store.as_retriever().invoke(customer.email)  # expect: DU102
    OpenAIEmbeddings().embed_query(customer.email)  # expect: DU102
    OllamaEmbeddings(model="x").embed_query(customer.email)
""")


def test_a_retriever_inside_a_chain() -> None:
    labels("""
from langchain_community.vectorstores import FAISS
from langchain.chains import RetrievalQA, create_retrieval_chain, ConversationalRetrievalChain
from langchain.chains.combine_documents import create_stuff_documents_chain
from langchain.chains import create_history_aware_retriever

prompt = ChatPromptTemplate.from_template("{context} {question}")

def format_documents(documents):
    return "\\n".join(document.page_content for document in documents)

def retriever_of(texts):
    return FAISS.from_texts(texts, OllamaEmbeddings(model="x")).as_retriever()

def unchecked(customer: Customer, question: str):
    retriever = retriever_of([customer.email])
    ({"context": retriever, "question": RunnablePassthrough()} | prompt | llm).invoke(question)  # expect: DU101
    ({"context": retriever | format_documents, "question": lambda x: x} | prompt | llm).invoke(question)  # expect: DU101
    RetrievalQA.from_chain_type(llm=llm, retriever=retriever).run(question)  # expect: DU101
    RetrievalQA.from_chain_type(llm, retriever=retriever).invoke({"query": question})  # expect: DU101
    ConversationalRetrievalChain.from_llm(llm, retriever)({"question": question})  # expect: DU101
    stuff = create_stuff_documents_chain(llm, prompt)
    create_retrieval_chain(retriever, stuff).invoke({"input": question})  # expect: DU101
    RetrievalQA.from_chain_type(llm=local, retriever=retriever).run(question)

def no_data(customer: Customer, question: str):
    retriever = retriever_of([customer.plan])
    ({"context": retriever, "question": RunnablePassthrough()} | prompt | llm).invoke(question)
    RetrievalQA.from_chain_type(llm=llm, retriever=retriever).run(question)
""")


def test_splitters_and_embeddings_pass_data_on() -> None:
    labels("""
from langchain_text_splitters import RecursiveCharacterTextSplitter
from langchain_core.documents import Document

splitter = RecursiveCharacterTextSplitter(chunk_size=100)

def split(customer: Customer):
    OpenAIEmbeddings().embed_documents(splitter.split_text(customer.email))  # expect: DU102
    OpenAIEmbeddings().embed_documents(splitter.split_text(customer.plan))
    parts = splitter.split_documents([Document(page_content=customer.email)])
    OpenAIEmbeddings().embed_documents([part.page_content for part in parts])  # expect: DU102
    llm.invoke(splitter.create_documents([customer.email])[0].page_content)  # expect: DU101
""")


def test_a_class_of_the_program_embeds_as_its_own_method_says() -> None:
    labels("""
import ollama
import openai
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore as Store

class OnSite(Embeddings):
    def embed_documents(self, texts):
        return [self.embed_query(text) for text in texts]
    def embed_query(self, text):
        return ollama.embed(model="x", input=text)

class Hosted(OnSite):
    def embed_query(self, text):
        return openai.OpenAI().embeddings.create(model="m", input=text)

class Silent(OpenAIEmbeddings):
    timeout = 3

class Lengthened(OpenAIEmbeddings):
    def embed_documents(self, texts):
        return super().embed_documents([f"{text}." for text in texts])

def on_site(customer: Customer):
    Store(embedding=OnSite()).add_texts([customer.email])

def elsewhere(customer: Customer):
    Store(embedding=Hosted()).add_texts([customer.email])  # expect: DU102

def inherited(customer: Customer):
    Store(embedding=Silent()).add_texts([customer.email])  # expect: DU102

def by_the_base(customer: Customer):
    Store(embedding=Lengthened()).add_texts([customer.email])  # expect: DU102
""")


TOOLS = """
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool, Tool, StructuredTool, BaseTool
from langchain.agents import AgentExecutor, create_tool_calling_agent, initialize_agent, create_agent
from langgraph.graph import StateGraph, MessagesState, START, END
from langgraph.prebuilt import create_react_agent, ToolNode, tools_condition

CUSTOMERS: dict[str, Customer] = {}

@tool
def address(name: str) -> str:
    \"\"\"The address of a customer.\"\"\"
    return CUSTOMERS[name].email

@tool("agreed", return_direct=True)
def agreed_address(name: str) -> str:
    \"\"\"The address of a customer who has agreed.\"\"\"
    customer = CUSTOMERS[name]
    return customer.email if customer.ai_consent else "not shared"

@tool
def plan(name: str) -> str:
    \"\"\"The plan of a customer.\"\"\"
    return CUSTOMERS[name].plan

def plain_address(name: str) -> str:
    return CUSTOMERS[name].email

class AddressTool(BaseTool):
    name: str = "address"
    def _run(self, name):
        return CUSTOMERS[name].email

"""


def test_the_results_of_tools_go_back_to_the_model() -> None:
    labels(
        TOOLS
        + """
def loop(question, tool_used):
    model = llm.bind_tools([tool_used])
    messages = [HumanMessage(question)]
    answer = model.invoke(messages)
    messages.append(answer)
    for call in answer.tool_calls:
        messages.append(ToolMessage(tool_used.invoke(call["args"]), tool_call_id=call["id"]))
    return model.invoke(messages)

def by_name(question):
    tools = {"address": address, "plan": plan}
    for call in llm.bind_tools(list(tools.values())).invoke(question).tool_calls:
        found = tools[call["name"]].invoke(call["args"])
        llm.invoke([ToolMessage(content=found, tool_call_id=call["id"])])  # expect: DU101

def direct(name):
    llm.invoke(address.invoke({"name": name}))  # expect: DU101
    llm.invoke(address.run(name))  # expect: DU101
    llm.invoke(plan.invoke({"name": name}))
    llm.invoke(agreed_address.invoke({"name": name}))
    llm.invoke(Tool(name="x", func=plain_address, description="").run(name))  # expect: DU101
    llm.invoke(Tool("x", plain_address, "").invoke(name))  # expect: DU101
    llm.invoke(StructuredTool.from_function(plain_address).invoke({"name": name}))  # expect: DU101
    llm.invoke(AddressTool().invoke({"name": name}))  # expect: DU101
"""
    )


@pytest.mark.parametrize(
    "agent",
    [
        "AgentExecutor(agent=create_tool_calling_agent({llm}, tools, prompt), tools=tools)",
        "AgentExecutor.from_agent_and_tools(agent=create_tool_calling_agent({llm}, tools, prompt), tools=tools)",
        "initialize_agent(tools, {llm}, agent='zero-shot-react-description')",
        "create_react_agent({llm}, tools)",
        "create_react_agent(model={llm}, tools=tools, prompt='Help.')",
        "create_agent({llm}, tools=tools)",
        "create_agent(model={llm}, tools=tools).with_config(x=1)",
    ],
)
def test_agents_call_their_tools(agent: str) -> None:
    labels(
        TOOLS
        + f"""
prompt = ChatPromptTemplate.from_messages([("human", "{{input}}"), ("placeholder", "{{agent_scratchpad}}")])

def unchecked(question):
    tools = [address]
    {agent.format(llm="llm")}.invoke({{"input": question}})  # expect: DU101

def plain_function(question):
    tools = [plain_address]
    {agent.format(llm="llm")}.invoke({{"input": question}})  # expect: DU101

def a_class(question):
    tools = [plan, AddressTool()]
    {agent.format(llm="llm")}.invoke({{"input": question}})  # expect: DU101

def what_it_is_asked(customer: Customer):
    tools = [plan]
    {agent.format(llm="llm")}.invoke({{"input": customer.email}})  # expect: DU101

def checked(question):
    tools = [agreed_address, plan]
    {agent.format(llm="llm")}.invoke({{"input": question}})

def at_home(question):
    tools = [address]
    {agent.format(llm="local")}.invoke({{"input": question}})
"""
    )


def test_graphs_run_their_nodes() -> None:
    labels(
        TOOLS
        + """
from typing import TypedDict

class State(TypedDict):
    name: str
    text: str
    answer: str

def load(state: State):
    return {"text": CUSTOMERS[state["name"]].email}

def load_agreed(state: State):
    customer = CUSTOMERS[state["name"]]
    if not customer.ai_consent:
        return {"text": ""}
    return {"text": customer.email}

def write(state: State):
    return {"answer": llm.invoke(state["text"]).content}

def write_agreed(state: State):
    return {"answer": llm.invoke(state["text"]).content}

def write_at_home(state: State):
    return {"answer": local.invoke(state["text"]).content}

builder = StateGraph(State)
builder.add_node("load", load)
builder.add_node("write", write)
builder.add_edge(START, "load")
builder.add_edge("load", "write")
graph = builder.compile()

def run(name):
    graph.invoke({"name": name})  # expect: DU101

def run_agreed(name):
    agreed = StateGraph(State)
    agreed.add_node(load_agreed)
    agreed.add_node(write_agreed)
    agreed.compile().invoke({"name": name})

def run_at_home(name):
    home = StateGraph(State).add_node("load", load).add_node("write", write_at_home).compile()
    home.invoke({"name": name})
"""
    )


def test_a_graph_with_tools() -> None:
    labels(
        TOOLS
        + """
def graph_of(tools):
    def agent(state: MessagesState):
        return {"messages": [llm.bind_tools(tools).invoke(state["messages"])]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent)
    builder.add_node("tools", ToolNode(tools))
    builder.add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder.compile()

def no_data(question):
    graph_of([plan]).invoke({"messages": [("user", question)]})

async def asked(customer: Customer):
    await graph_of([plan]).ainvoke({"messages": [("user", customer.email)]})  # expect: DU101

def told(question):
    graph_of([address]).invoke({"messages": [("user", question)]})  # expect: DU101
"""
    )


def test_histories() -> None:
    labels("""
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain.memory import ConversationBufferMemory
from langchain.chains import ConversationChain

def talk(customer: Customer):
    history = InMemoryChatMessageHistory()
    history.add_user_message(customer.email)
    llm.invoke(history.messages)  # expect: DU101
    local.invoke(history.messages)

def with_history(customer: Customer, question: str):
    history = InMemoryChatMessageHistory()
    history.add_user_message(customer.email)
    chain = RunnableWithMessageHistory(ChatPromptTemplate.from_template("{question}") | llm, lambda session: history)
    chain.invoke({"question": question})  # expect: DU101

def with_empty_history(customer: Customer, question: str):
    chain = RunnableWithMessageHistory(llm, lambda session: InMemoryChatMessageHistory())
    chain.invoke(question)
    chain.invoke(customer.email)  # expect: DU101

def with_memory(customer: Customer, question: str):
    memory = ConversationBufferMemory()
    memory.save_context({"input": customer.email}, {"output": "ok"})
    ConversationChain(llm=llm, memory=memory).predict(input=question)  # expect: DU101
""")
