"""One request, one transaction (docs/decisions/0003): a GET reads, anything else commits if its answer is below 400.

This module and `search/` alone know which engine runs. Nobody else commits.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    event,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, SessionTransaction, registry
from sqlalchemy.sql.dml import ReturningInsert

from coconstruction.errors import NotFound
from coconstruction.settings import ROOT

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCK_WAIT_MS = 10_000
# `wal_autocheckpoint=0`: see `empty_log`.
SQLITE = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0")
LARGEST_LOG = 4 * 2**20
EMPTYING_SECONDS = 2
READ_ANEW = "read_anew"
DEADLOCK = "40P01"

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_rebuilding: ContextVar[bool] = ContextVar("rebuilding", default=False)
T = TypeVar("T", bound="Base")


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on both engines; SQLite keeps no time zone, so naive values are refused, not guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime})


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()


def init_app(app: Flask, url: str) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, include_object=_is_ours)
    with app.app_context():
        _listen(db.engine)
    app.before_request(_begin_request)
    app.after_request(_end_request)
    app.teardown_request(_forget_request)


def _engine_options(url: str) -> dict[str, Any]:
    """`hide_parameters`: an error that reaches the logs tells no address."""
    if not url.startswith("sqlite"):
        return {
            "pool_pre_ping": True,
            "hide_parameters": True,
            "connect_args": {"options": f"-c lock_timeout={LOCK_WAIT_MS}"},
        }
    if (path := make_url(url).database) and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {"hide_parameters": True, "connect_args": {"timeout": LOCK_WAIT_MS / 1000}}


def _is_ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    # The text-search tables of PostgreSQL are a cache that `flask search rebuild` makes anew.
    return not (kind == "table" and reflected and (name or "").startswith("search_"))


def _listen(engine: Engine) -> None:
    event.listen(engine, "begin", _begin_sqlite if engine.dialect.name == "sqlite" else _begin_postgresql)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would otherwise begin transactions by itself, and too late
    for pragma in (*SQLITE, f"busy_timeout={LOCK_WAIT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads, then writes, fails at once when another wrote in between.
    writing = _writing.get()
    if _rebuilding.get():
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql(f"PRAGMA query_only={0 if writing else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def is_writing() -> bool:
    """Whether what this request does may be committed."""
    return _writing.get()


def give_up() -> None:
    """Undo the request's writing; what is still read, to answer, waits for no lock."""
    db.session.rollback()
    _writing.set(False)


def _begin_request() -> None:
    _writing.set(request.method not in SAFE_METHODS)


def _end_request(response: Response) -> Response:
    if _writing.get() and response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _forget_request(_error: BaseException | None) -> None:
    _writing.set(False)


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction of a command or of the worker: committed at the end, undone by any error."""
    before = _writing.set(True)
    try:
        db.session.rollback()  # a read-only transaction may still be open in this context
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(before)


@contextmanager
def schema_change() -> Iterator[Session]:
    """The transaction of migrations. SQLite changes a table by making it anew, which its keys would forbid to one that
    others refer to: they are checked once, at the end."""
    before = _rebuilding.set(True)
    db.engine.dispose()
    try:
        with transaction() as session:
            yield session
            if session.get_bind().dialect.name == "sqlite":
                broken = session.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
    finally:
        _rebuilding.reset(before)
        db.session.remove()
        db.engine.dispose()  # with it, the connection that checked no keys


def empty_log() -> None:
    """Carry SQLite's log into its database once it is long. Only the worker does: two processes that do so at the
    instant when a third one commits may damage the file, before SQLite 3.51.3 (docs/decisions/0020). TRUNCATE keeps
    writers waiting, which the other modes do not."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database or not _is_long(Path(f"{url.database}-wal")):
        return
    connection = sqlite3.connect(url.database, timeout=EMPTYING_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _is_long(log: Path) -> bool:
    return log.exists() and log.stat().st_size > LARGEST_LOG


def lock(session: Session, model: type[T], key: Any) -> T:
    """The row, held until the transaction ends: decide on its state only after this. On SQLite the
    transaction itself is the lock (`BEGIN IMMEDIATE`). Its key is left free on PostgreSQL, where writing a row that
    only points to this one would otherwise wait for it, and the other way round for ever."""
    session.info[READ_ANEW] = True
    thing = session.get(model, key, with_for_update={"key_share": True}, populate_existing=True)
    if thing is None:
        raise NotFound
    return thing


def lock_all(session: Session, model: type[T], keys: Iterable[int]) -> dict[int, T]:
    """These rows by key, held as `lock` holds one, in one statement: in the order of their keys, for two that hold many
    at once never to wait for each other for ever. Those that do not exist are left out."""
    session.info[READ_ANEW] = True
    key = inspect(model).primary_key[0]
    wanted = select(key, model).where(key.in_(sorted(set(keys)))).order_by(key).with_for_update(key_share=True)
    return {row[0]: row[1] for row in session.execute(wanted)}


@event.listens_for(Session, "do_orm_execute")
def _read_anew(state: ORMExecuteState) -> None:
    """Once a row is held, what is asked for is what the one who held it before left, never what this transaction had
    read while it waited. Column by column, or through a relationship, nothing already read is asked for."""
    asked = state.is_select and not state.is_column_load and not state.is_relationship_load
    if asked and READ_ANEW in state.session.info:
        state.update_execution_options(populate_existing=True)


@event.listens_for(Session, "after_transaction_end")
def _read_once(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(READ_ANEW, None)


def deadlocked(error: OperationalError) -> bool:
    """Whether PostgreSQL undid this transaction for another one to go on."""
    return getattr(error.orig, "sqlstate", None) == DEADLOCK


def insert_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Insert unless a row with the same key is there; tells whether it was inserted."""
    session.flush()
    statement = _unless_there(session.get_bind().dialect.name, model)
    return session.connection().execute(statement, values).first() is not None


@cache
def _unless_there(engine: str, model: type[Base]) -> ReturningInsert[Any]:
    # Built once: building costs ten times what the row itself does.
    insert = sqlite.insert if engine == "sqlite" else postgresql.insert
    return insert(Base.metadata.tables[model.__tablename__]).on_conflict_do_nothing().returning(literal(1))


@contextmanager
def refused_when_taken(session: Session, refusal: Callable[[], Exception]) -> Iterator[None]:
    """What is written inside is undone, and `refusal` raised, when another row holds the same key."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise refusal() from None
