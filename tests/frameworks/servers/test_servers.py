"""Servers whose handlers are named in a call, or found by what they are called: what they get is data of people."""

from __future__ import annotations

from tests.frameworks.sending import assert_sent


def test_bodies_of_fastapi_that_are_dicts() -> None:
    assert_sent("""
        import json
        from typing import Any, Dict, List

        from ai import send
        from fastapi import Body, FastAPI

        app = FastAPI()


        @app.post("/whole")
        async def whole(form_data: dict):
            send(form_data)  # expect: DU101


        @app.post("/copied")
        async def copied(form_data: dict):
            payload = {**form_data}
            payload["model"] = "small"
            send(json.dumps(payload))  # expect: DU101


        @app.post("/part")
        async def part(form_data: dict[str, Any]):
            send(form_data["messages"])  # expect: DU101


        @app.post("/rows")
        async def rows(rows: List[Dict[str, Any]], page: int = 1):
            send(rows[0])  # expect: DU101
            send(page)


        @app.post("/maybe")
        async def maybe(texts: dict[str, str] | None = None):
            send(texts)  # expect: DU101


        @app.post("/marked")
        async def marked(payload: dict = Body(...), anything: Any = Body(None)):
            send(payload)  # expect: DU101
            send(anything)  # expect: DU101


        @app.post("/numbers")
        async def numbers(ids: list[int], counts: Dict[str, int]):
            send(ids)
            send(counts)


        def helper(form_data: dict):
            return len(form_data)
    """)


def test_aiohttp() -> None:
    assert_sent("""
        from ai import send
        from aiohttp import web

        routes = web.RouteTableDef()


        @routes.post("/a")
        async def decorated(request):
            data = await request.json()
            send(data["text"])  # expect: DU101
            send(request.path)


        @routes.view("/b")
        class View(web.View):
            async def post(self):
                send(await self.request.text())  # expect: DU101


        async def added(request):
            send(await request.post())  # expect: DU101


        class Handler:
            async def chat(self, request):
                send(await request.text())  # expect: DU101

            def register(self, app):
                app.add_routes([web.post("/c", self.chat)])


        async def helper(request):
            send(await request.text())


        app = web.Application()
        app.router.add_post("/", added)
        Handler().register(app)
    """)


def test_sanic_litestar_and_falcon() -> None:
    assert_sent("""
        import falcon
        from ai import send
        from litestar import post
        from sanic import Sanic
        from sanic.views import HTTPMethodView

        app = Sanic("app")


        @app.post("/a")
        async def handler(request):
            send(request.json["text"])  # expect: DU101
            send(request.method)


        class View(HTTPMethodView):
            async def post(self, request):
                send(request.form["text"])  # expect: DU101


        @post("/b")
        async def create(data: dict, size: int) -> dict:
            send(data["text"])  # expect: DU101
            send(size)
            return {}


        class Resource:
            def on_post(self, req, resp):
                send(req.media["text"])  # expect: DU101
                send(req.path)

            def on_message(self, req, resp):
                send(req.media["text"])
    """)


def test_functions_in_a_cloud() -> None:
    assert_sent("""
        import json

        import functions_framework
        from ai import send


        def lambda_handler(event, context):
            body = json.loads(event["body"])
            send(body["text"])  # expect: DU101
            send(context.aws_request_id)


        def on_record(event, context):
            send(event.get("text"))  # expect: DU101


        def helper(event, target):
            send(event["text"])


        @functions_framework.http
        def handle(request):
            data = request.get_json(silent=True)
            send(data["text"])  # expect: DU101
            send(request.method)
    """)


def test_gradio() -> None:
    assert_sent("""
        import gradio as gr
        from ai import send


        def respond(message, history):
            send(message)  # expect: DU101
            send(history)  # expect: DU101


        gr.ChatInterface(respond)


        def go(text: str, size: int):
            send(text)  # expect: DU101
            send(size)
            return text


        def after(text):
            send(text)  # expect: DU101


        def helper(text):
            return text.strip()


        with gr.Blocks() as demo:
            box, out = gr.Textbox(), gr.Textbox()
            box.submit(go, box, out).then(fn=after, inputs=out)
    """)


def test_arguments_that_a_library_reads() -> None:
    assert_sent("""
        from ai import send
        from flask_restful import Resource, reqparse
        from webargs import fields
        from webargs.flaskparser import use_kwargs

        parser = reqparse.RequestParser()
        parser.add_argument("text")


        class Chat(Resource):
            def post(self):
                arguments = parser.parse_args()
                send(arguments["text"])  # expect: DU101


        @use_kwargs({"text": fields.Str()})
        def create(text):
            send(text)  # expect: DU101
    """)
