"""Flask: what runs before a view, and whose data a request brings."""

from __future__ import annotations

import pytest
from tests.programs import assert_labels

POLICY = """
schema = 1
[pack]
name = "test"
[[guard]]
id = "test.consent"
field = ["ai_consent"]
allows = ["ai"]
"""

HEAD = """
import functools
import flask
import openai
from flask import Blueprint, Flask, abort, current_app, g, jsonify, redirect, request, session, url_for
from flask.views import MethodView
from flask_login import current_user, login_required
from models import User, db

client = openai.OpenAI()
app = Flask(__name__)
bp = Blueprint("bp", __name__)

def send(text):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])

def signed_in():
    return User.query.get(session["user_id"])

def signed_in_by_token() -> User:
    return User.query.filter_by(token=request.headers["X-Token"]).first()

def load_user(user_id) -> User:
    return db.session.get(User, user_id)
"""

MODELS = """
from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    token = db.Column(db.String)
    email = db.Column(db.String)
    ai_consent = db.Column(db.Boolean)
    notes = db.relationship("Note", backref="owner")

class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    owner_id = db.Column(db.ForeignKey("user.id"))
    private_message = db.Column(db.Text)
"""


def check(body: str, **files: str) -> None:
    named = {f"{name}.py": text for name, text in files.items()}
    assert_labels({"models.py": MODELS, "app.py": HEAD + body, **named}, POLICY)


DATA = [
    'request.form["full_name"]',
    'request.form.get("full_name", "")',
    'request.form.getlist("full_name")[0]',
    "request.get_json()['full_name']",
    "request.json['full_name']",
    'request.json.get("full_name")',
    "request.get_data()",
    'request.files["letter"].read()',
    'flask.request.form["full_name"]',
    'request.values["full_name"]',
    "json_of_request()['customer']['full_name']",
]


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    "person", ["signed_in()", "signed_in_by_token()", "current_user", 'load_user(session["user_id"])']
)
def test_data_of_the_request_is_about_the_requester(data: str, person: str) -> None:
    check(
        f"""
def json_of_request():
    return request.get_json()

@app.post("/1")
def free():
    text = {data}
    return jsonify(text=send(text))  # expect: DU101

@app.post("/2")
def guarded():
    if not {person}.ai_consent:
        abort(403)
    text = {data}
    return jsonify(text=send(text))

@app.post("/3")
def somebody_else():
    if not load_user(request.args["user_id"]).ai_consent:
        abort(403)
    text = {data}
    return jsonify(text=send(text))  # expect: DU101
"""
    )


def test_people() -> None:
    check(
        """
@app.get("/1")
def login():
    send(current_user.email)  # expect: DU101

@app.get("/2")
@login_required
def logged_in():
    if current_user.ai_consent:
        send(current_user.email)
        for note in current_user.notes:
            send(note.private_message)

@app.get("/3")
def handed_over():
    describe(current_user)  # expect: DU101
    if flask.session.get("x") and current_user.ai_consent:
        describe(current_user)

def describe(user):
    send(user.email)

@app.get("/4")
def twice():
    if signed_in().ai_consent:
        send(signed_in().email)

@app.get("/5/<int:user_id>")
def other(user_id):
    user = User.query.get_or_404(user_id)
    if current_user.ai_consent:
        send(user.email)  # expect: DU101

@app.get("/6")
def args():
    send(request.args["q"])
"""
    )


def test_before_request() -> None:
    check(
        """
strict = Blueprint("strict", __name__)
returning = Blueprint("returning", __name__)
logging = Blueprint("logging", __name__)
conditional = Blueprint("conditional", __name__)

@strict.before_request
def require_consent():
    if not current_user.ai_consent:
        abort(403)

@returning.before_request
def ask_for_consent():
    if not current_user.ai_consent:
        return redirect(url_for("settings"))

@logging.before_request
def log_consent():
    if not current_user.ai_consent:
        current_app.logger.warning("none")

@conditional.before_request
def sometimes():
    if not current_user.ai_consent and current_app.config["STRICT"]:
        return "no", 403
    return None

@strict.get("/1")
def in_strict():
    send(current_user.email)

@returning.route("/2", methods=["POST"])
def in_returning():
    send(request.form["full_name"])

@logging.get("/3")
def in_logging():
    send(current_user.email)  # expect: DU101

@conditional.get("/4")
def in_conditional():
    send(current_user.email)  # expect: DU101

@bp.get("/5")
def without():
    send(current_user.email)  # expect: DU101

class Letters(MethodView):
    def get(self):
        send(current_user.email)

class Cards(MethodView):
    def get(self):
        send(current_user.email)  # expect: DU101

strict.add_url_rule("/6", view_func=Letters.as_view("letters"))
bp.add_url_rule("/7", view_func=Cards.as_view("cards"))
app.register_blueprint(strict)
"""
    )


def test_before_request_of_the_application() -> None:
    check(
        """
@bp.get("/1")
def view():
    send(current_user.email)
""",
        main="""
from flask import Flask, abort
from flask_login import current_user
from app import bp

def create_app():
    app = Flask(__name__)

    @app.before_request
    def check():
        if not current_user.ai_consent:
            abort(403)

    app.register_blueprint(bp)
    return app
""",
    )


def test_views_inside_a_factory() -> None:
    check(
        """
def create_app():
    made = Flask(__name__)
    chat = openai.OpenAI()

    def ask(text):
        return chat.responses.create(model="m", input=text)

    @made.post("/1")
    def free():
        send(request.json["message"])  # expect: DU101

    @made.post("/2")
    def guarded():
        if current_user.ai_consent:
            send(request.json["message"])

    @made.post("/3")
    def captured():
        ask(request.json["message"])  # expect: DU101

    @made.get("/4/<int:user_id>")
    def another(user_id):
        if current_user.ai_consent:
            ask(load_user(user_id).email)  # expect: DU101

    @made.post("/5")
    @consenting
    def wrapped():
        ask(request.json["message"])

    register(made)
    return made

def register(made):
    @made.route("/6", methods=["POST"])
    def elsewhere():
        send(current_user.email)  # expect: DU101

def consenting(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not current_user.ai_consent:
            abort(403)
        return view(*args, **kwargs)
    return wrapper

def create_strict_app():
    strict = Flask("strict")

    @strict.before_request
    def check():
        if not current_user.ai_consent:
            abort(403)

    @strict.get("/7")
    def view():
        send(current_user.email)

    return strict
"""
    )


def test_an_address_is_data_under_the_names_of_content() -> None:
    check(
        """
@app.get("/1")
def free():
    send(request.args["message"])  # expect: DU101
    send((request.args.get("prompt") or "").strip())  # expect: DU101
    send(request.args.get("email", ""))  # expect: DU101
    send(request.args.getlist("comment")[0])  # expect: DU101
    send(request.args.get("page"))
    send(request.args["sort"])
    send(request.args)

@app.get("/2")
def guarded():
    if current_user.ai_consent:
        send(request.args.get("message"))
        send(request.args["message"])
        send(load_user(request.args["user_id"]).email)  # expect: DU101
"""
    )


def test_before_app_request() -> None:
    check(
        """
@bp.before_app_request
def check():
    if not current_user.ai_consent:
        abort(403)

@app.get("/1")
def view():
    send(current_user.email)
"""
    )


def test_g() -> None:
    check(
        """
@bp.before_request
def load():
    g.user = signed_in()

@bp.get("/1")
def view():
    send(g.user.email)  # expect: DU101

@bp.get("/2")
def guarded():
    if g.user.ai_consent:
        send(g.user.email)
        send(request.form["full_name"])

@bp.get("/3")
def swapped():
    if not g.user.ai_consent:
        send(g.user.email)  # expect: DU101
"""
    )


def test_view_decorators() -> None:
    check(
        """
def consent_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if not current_user.ai_consent:
            abort(403)
        return view(*args, **kwargs)
    return wrapper

def timed(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        return view(*args, **kwargs)
    return wrapper

@app.get("/1")
@consent_required
def guarded():
    send(current_user.email)

@app.get("/2")
@timed
def free():
    send(current_user.email)  # expect: DU101

@app.get("/3")
@timed
def free_too():
    send(request.form["full_name"])  # expect: DU101

@app.get("/4")
@consent_required
def guarded_too():
    send(request.form["full_name"])
"""
    )


def test_quart() -> None:
    check(
        """
from quart import Quart, request as incoming

quart_app = Quart(__name__)

@quart_app.post("/1")
async def view():
    form = await incoming.form
    send(form["full_name"])  # expect: DU101

@quart_app.post("/2")
async def json_view():
    data = await incoming.get_json()
    send(data["full_name"])  # expect: DU101
"""
    )


def test_flask_sqlalchemy() -> None:
    check(
        """
from models import Note

def everybody():
    for user in User.query.all():
        send(user.email)  # expect: DU101
    for user in User.query.filter_by(ai_consent=True):
        send(user.email)
    for user in User.query.filter(User.ai_consent.is_(True)).order_by(User.id).paginate(page=1).items:
        send(user.email)
    for user in db.session.execute(db.select(User)).scalars():
        send(user.email)  # expect: DU101
    for user in db.session.scalars(db.select(User).filter_by(ai_consent=True)):
        send(user.email)

def one(user_id):
    user = User.query.get_or_404(user_id)
    send(user.email)  # expect: DU101
    user = db.get_or_404(User, user_id)
    if user.ai_consent:
        send(user.email)

def notes():
    for note in Note.query.join(User).filter(User.ai_consent):
        send(note.private_message)
    for note in Note.query.join(Note.owner).filter(User.ai_consent):
        send(note.private_message)
    for note in Note.query.all():
        if note.owner.ai_consent:
            send(note.private_message)
        send(note.private_message)  # expect: DU101
    user = User.query.first()
    for note in user.notes:
        send(note.private_message)  # expect: DU101
"""
    )


def test_odd_programs_do_not_fail() -> None:
    check(
        """
app.add_url_rule()
app.register_blueprint()
app.before_request(None)

@app.before_request
def loop():
    return loop()

@app.route(*["/x"])
def view(*args, **kwargs):
    return jsonify(*args, **kwargs)
"""
    )
