"""The one way through: a service is one thing a person does, one transaction, one audit record.

``@service`` opens the transaction and a *frame*. While the frame is open, every statement that writes
is noted (table and columns). Before the transaction commits, what was written must have been recorded
with ``record``: otherwise ``ProgrammingFault`` is raised and nothing is saved. Tables that are sinks
themselves (audit rows, outbox, search index, request keys, sessions, jobs) register with ``sink_table``.
"""

import functools
import hashlib
import inspect
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from django.db import IntegrityError, OperationalError, connection, models, transaction

from .actor import Actor
from .errors import Busy, ProgrammingFault, Refusal

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What one service did to one subject.

    ``changes`` maps a field to (before, after); ``looked_at`` names the fields that were shown,
    ``about_id`` the natural person whom they describe.
    """

    actor: Actor
    service: str
    verb: str
    subject_kind: str
    subject_id: str
    area_path: str
    changes: Mapping[str, tuple[Any, Any]]
    purpose: str
    parent_id: uuid.UUID | None
    request_id: str
    looked_at: tuple[str, ...] = ()
    about_id: int | None = None


class AuditSink(Protocol):
    """Where audit entries go; the audit room fills this in at start-up."""

    def write(self, entry: AuditEntry) -> uuid.UUID:
        """Store the entry in the caller's transaction and return its id."""


class RequestKeys(Protocol):
    """Where repeated requests are recognised; the audit room fills this in at start-up."""

    def keep(self, actor_key: str, service: str, key: str, digest: str, result_id: str) -> None:
        """Keep a request's result; ``IntegrityError``, at the end at the latest, where the key was used."""

    def first_result(self, actor_key: str, service: str, key: str, digest: str) -> str | None:
        """Return that first request's result, ``None`` if there is none; raises ``KeyReused``."""


@dataclass(slots=True)
class _Frame:
    service: str
    actor: Actor
    parent: "_Frame | None"
    written: dict[str, set[str]] = field(default_factory=dict)
    recorded: dict[str, set[str]] = field(default_factory=dict)
    audit_id: uuid.UUID | None = None
    late: list[tuple[str, str, list[Any]]] = field(default_factory=list)


_frame: ContextVar[_Frame | None] = ContextVar("service_frame", default=None)
request_id: ContextVar[str] = ContextVar("request_id", default="")
_audit_sink: AuditSink | None = None
_request_keys: RequestKeys | None = None
_sink_tables: set[str] = {
    "django_session",
    "django_tasks_database_dbtaskresult",
    "django_content_type",
    "axes_accessattempt",
    "axes_accesslog",
    "axes_accessfailurelog",
}
_ALL = "*"  # recorded whole: every column of the table
_ROW = "+"  # a row came or went: written by INSERT and DELETE, recorded by a record without changes
_WRITE = re.compile(r'^\s*(INSERT|UPDATE|DELETE)\s+(?:OR \w+ )?(?:INTO\s+|FROM\s+)?"?(\w+)"?', re.IGNORECASE)
_SET = re.compile(r'"(\w+)"\s*=')


def audit_sink_set(sink: AuditSink) -> None:
    """Name the store of audit entries (once, at start-up)."""
    global _audit_sink
    _audit_sink = sink


def request_keys_set(keys: RequestKeys) -> None:
    """Name the store of request keys (once, at start-up)."""
    global _request_keys
    _request_keys = keys


def sink_table(*names: str) -> None:
    """Except tables that carry the consequences of a record rather than a record themselves."""
    _sink_tables.update(names)


@functools.lru_cache(maxsize=4096)
def _parse(sql: str) -> tuple[str, frozenset[str]] | None:
    found = _WRITE.match(sql)
    if not found:
        return None
    verb, table = found[1].upper(), found[2]
    if verb != "UPDATE":
        return table, frozenset({_ROW})
    assignments = sql.split(" SET ", 1)[-1].split(" WHERE ", 1)[0]
    return table, frozenset(_SET.findall(assignments))


def _watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    frame = _frame.get()
    if frame is not None:
        if frame.late:
            _settle_late(frame, sql)
        written = _parse(sql)
        if written and written[0] not in _sink_tables:
            frame.written.setdefault(written[0], set()).update(written[1])
    return execute(sql, params, many, context)


def write_noted(table: str) -> None:
    """Note an INSERT that reaches the database by another way than a statement (COPY)."""
    frame = _frame.get()
    if frame is not None and table not in _sink_tables:
        frame.written.setdefault(table, set()).add(_ROW)


def write_late(table: str, sql: str, values: list[Any]) -> None:
    """Leave an INSERT into a sink table to the end of the service, where all of them go in one round trip.

    A statement that names the table before that, or a savepoint, brings them forward; a savepoint that
    is rolled back takes with it what was left since.
    """
    frame = _frame.get()
    if frame is None or table not in _sink_tables:
        raise ProgrammingFault(f"{table}: only sinks are written late, and only inside a service")
    frame.late.append((table, sql, values))


def _settle_late(frame: _Frame, sql: str) -> None:
    if sql.startswith("ROLLBACK TO SAVEPOINT"):
        frame.late.clear()
    elif sql.startswith(("SAVEPOINT", "RELEASE")) or any(table in sql for table, _, _ in frame.late):
        _write_out(frame)


def _write_out(frame: _Frame) -> None:
    late, frame.late = frame.late, []
    if not late:
        return
    with connection.cursor() as cursor:
        if _takes_several(connection):
            cursor.execute(";".join(sql for _, sql, _ in late), [v for _, _, values in late for v in values])
        else:
            for _, sql, values in late:
                cursor.execute(sql, values)


def _takes_several(database: Any) -> bool:
    """PostgreSQL takes several statements at once while values are bound on the client's side."""
    options = database.settings_dict["OPTIONS"]
    return database.vendor == "postgresql" and not options.get("server_side_binding")


@contextmanager
def _losing_told() -> Iterator[None]:
    """Refuse in words what the database gave up because another transaction held what it needed."""
    try:
        yield
    except OperationalError as error:
        if not _is_lost(error.__cause__):
            raise
        raise Busy from error


def _is_lost(cause: BaseException | None) -> bool:
    on_postgres = getattr(cause, "sqlstate", None) in ("40P01", "40001")  # deadlock, serialisation
    return on_postgres or str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_BUSY")


def _unrecorded(frame: _Frame) -> list[str]:
    missing = []
    for table, columns in frame.written.items():
        known = frame.recorded.get(table)
        if known is None:
            missing.append(table)
        elif _ALL not in known and not {_ROW} <= columns & known:  # a row made here may be finished here
            missing += [f"{table}.{column}" for column in sorted(columns - known - {_ROW})]
    return missing


@contextmanager
def _open_frame(service_name: str, actor: Actor) -> Iterator[_Frame]:
    parent = _frame.get()
    frame = _Frame(service_name, actor, parent)
    token = _frame.set(frame)
    try:
        with ExitStack() as stack:
            if parent is None:
                stack.enter_context(_losing_told())
                stack.enter_context(connection.execute_wrapper(_watch))
            # The outermost opens the transaction; inside another service (or a test) it is a savepoint,
            # so that a refusal undoes its own writes and no others.
            stack.enter_context(transaction.atomic())
            yield frame
            if missing := _unrecorded(frame):
                raise ProgrammingFault(f"{service_name} wrote without a record: {', '.join(missing)}")
            _write_out(frame)
    finally:
        _frame.reset(token)


def record(
    verb: str,
    subject: models.Model,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    *,
    touched: Iterable[models.Model | type[models.Model]] = (),
    purpose: str = "",
    looked_at: Iterable[str] = (),
    about_id: int | None = None,
) -> uuid.UUID:
    """Record what the running service did: ``verb`` (``noun.verb``), the subject, each changed field.

    ``changes`` maps field names to (before, after); values reach the store only as keyed digests.
    ``touched`` names further models whose rows were written as part of the same act (an event, an
    assignment). A subject made or deleted here needs no ``changes``; one that was altered does.
    ``looked_at`` names personal fields that were shown to the actor, and ``about_id`` the person whose
    they are. Returns the audit row's id.
    """
    frame = _frame.get()
    if frame is None or _audit_sink is None:
        raise ProgrammingFault(f"{verb}: record() outside a service")
    known = frame.recorded.setdefault(subject._meta.db_table, set())
    columns = {str(getattr(subject._meta.get_field(name), "column", name)) for name in changes or {}}
    known.update(columns or {_ROW})
    for other in touched:
        frame.recorded.setdefault(other._meta.db_table, set()).add(_ALL)
    parent = frame.parent.audit_id if frame.parent else None
    entry = AuditEntry(
        actor=frame.actor,
        service=frame.service,
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=str(getattr(subject, "public_id", None) or subject.pk),
        area_path=str(getattr(subject, "area_path", "")),
        changes=changes or {},
        purpose=purpose,
        parent_id=parent,
        request_id=request_id.get(),
        looked_at=tuple(looked_at),
        about_id=about_id,
    )
    frame.audit_id = _audit_sink.write(entry)
    return frame.audit_id


def changes_of(subject: models.Model, **after: Any) -> dict[str, tuple[Any, Any]]:
    """Set fields on ``subject``, save just those, and return what ``record`` wants to know."""
    changed = {name: (getattr(subject, name), value) for name, value in after.items()}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    for name, (_, value) in changed.items():
        setattr(subject, name, value)
    if changed:
        subject.save(update_fields=list(changed))
    return changed


def require_service(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a step that other rooms' services call inside their own transaction (``duty_open``)."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if _frame.get() is None:
            raise ProgrammingFault(f"{function.__name__} is a step: call it inside a service")
        return function(*args, **kwargs)

    return inner


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, datetime | date | Decimal):
        return str(value)
    if hasattr(value, "read"):
        return f"{getattr(value, 'name', '')}:{getattr(value, 'size', '')}"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _digest(arguments: Mapping[str, Any]) -> str:
    text = json.dumps(_plain(arguments), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _first_result(function: Callable[..., Any], public_id: str) -> Any:
    model = inspect.get_annotations(function, eval_str=True)["return"]
    return model._default_manager.get(public_id=public_id)


def _run_once(function: Callable[..., R], name: str, actor: Actor, key: str, kwargs: dict[str, Any]) -> R:
    """Act, then keep the key; a repeat is noticed there (or by its refusal), undone, and told the result.

    This way round the usual, first request costs one statement; of two at once the unique key lets the
    second wait for the first and then undo itself.
    """
    if _request_keys is None:
        raise ProgrammingFault("no store of request keys")
    digest = _digest(kwargs)
    try:
        with _open_frame(name, actor):
            result = function(actor=actor, **kwargs)
            _request_keys.keep(actor.key, name, key, digest, str(result.public_id))  # type: ignore[attr-defined]
            return result
    except (Refusal, IntegrityError):
        first = _request_keys.first_result(actor.key, name, key, digest)
        if first is None:
            raise
        return cast(R, _first_result(function, first))


def _room(module: str) -> str:
    parts = module.split(".")  # linli.foundation.duties.services
    return parts[2] if parts[0] == "linli" and len(parts) > 2 else parts[0]


@overload
def service(function: Callable[..., R]) -> Callable[..., R]: ...


@overload
def service(*, idempotent: bool) -> Callable[[Callable[..., R]], Callable[..., R]]: ...


def service(function: Callable[..., R] | None = None, *, idempotent: bool = False) -> Any:
    """Make a function one act of one actor: atomic, audited or refused, optionally repeatable.

    With ``idempotent=True`` the caller may pass ``request_key``: the same request again returns the
    first result, the same key with other input raises ``KeyReused``. The function must then return a
    model with a ``public_id`` and be annotated with it.
    """

    def wrap(inner: Callable[..., R]) -> Callable[..., R]:
        name = f"{_room(inner.__module__)}.{inner.__name__}"

        @functools.wraps(inner)
        def outer(*args: Any, **kwargs: Any) -> R:
            if args:
                raise ProgrammingFault(f"{name} takes keywords only")
            actor = kwargs.get("actor")
            if not isinstance(actor, Actor):
                raise ProgrammingFault(f"{name} needs an actor")
            key = str(kwargs.pop("request_key", "") or "") if idempotent else ""
            if key:
                rest = {k: v for k, v in kwargs.items() if k != "actor"}
                return _run_once(inner, name, actor, key, rest)
            with _open_frame(name, actor):
                return inner(**kwargs)

        outer.is_service = True  # type: ignore[attr-defined]
        return outer

    return wrap(function) if function is not None else wrap
