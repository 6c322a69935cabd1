"""What the same server can do with almost nothing: a bare route, a bare list, a bare insert, on the same database."""

import os

from flask import Flask, render_template_string
from sqlalchemy import create_engine, event, text

URL = os.environ["DATABASE_URL"]
PAGE = """<!doctype html><title>Besoins</title><ul>
{% for row in rows %}
<li><a href="/besoins/{{ row.id }}">{{ row.title }}</a> {{ row.name }} {{ row.supports_count }}</li>
{% endfor %}</ul>"""
LIST = text(
    "SELECT need.id, need.title, need.supports_count, organisation.name FROM need JOIN organisation"
    " ON organisation.id = need.organisation_id WHERE need.state = 'open' ORDER BY need.posted_at DESC LIMIT 20"
)
engine = create_engine(URL)
app = Flask(__name__)


if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def _open(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


@app.get("/hello")
def hello() -> str:
    return "bonjour"


@app.get("/list")
def bare_list() -> str:
    with engine.connect() as connection:
        return render_template_string(PAGE, rows=connection.execute(LIST).all())


@app.post("/insert")
def bare_insert() -> str:
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(text("INSERT INTO bare (word) VALUES ('soutien')"))
    return "fait"
