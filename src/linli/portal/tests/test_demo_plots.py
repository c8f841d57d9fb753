"""The demo's people do nothing about a matter that was closed with others meanwhile."""

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from linli.core.clock import BEIJING
from linli.portal.demo import plots, scenes
from linli.work.matters.workflow import State

AT = datetime(2026, 11, 26, 10, tzinfo=BEIJING)


def story_in(*states: State) -> Any:
    """A story whose matter is in one state after the other, each time it is looked at."""
    turns: Iterator[State] = iter(states)

    class Story(SimpleNamespace):
        @property
        def matter(self) -> SimpleNamespace:
            return SimpleNamespace(state=next(turns))

    stage = SimpleNamespace(
        hours=SimpleNamespace(office=lambda at, _least, _most: at + timedelta(hours=1)), pick=str
    )
    return Story(stage=stage, second="head", now={"matter_id": 1, "version": 3}, photo=lambda _chance: [])


def ended(scene: Generator[datetime, None, Any]) -> tuple[list[datetime], Any]:
    """Play a scene to its end; return when something was done, and what it returns."""
    at = []
    while True:
        try:
            at.append(next(scene))
        except StopIteration as end:
            return at, end.value


@pytest.mark.parametrize(
    ("state", "is_passed", "found"),
    [
        (State.HANDLED, True, [(True, "findings")]),
        (State.HANDLED, False, [(False, "failures")]),
        (State.CLOSED, True, []),
        (State.CLOSED, False, []),
    ],
)
def test_only_what_waits_for_it_is_verified(
    monkeypatch: pytest.MonkeyPatch, state: State, is_passed: bool, found: list[Any]
) -> None:
    done: list[dict[str, Any]] = []
    monkeypatch.setattr(scenes, "upload", lambda _stage, _actor, topics: topics)
    monkeypatch.setattr(scenes.do, "matter_verify", lambda **said: done.append(said))
    times, at = ended(scenes.verify(story_in(state), AT, is_passed=is_passed))
    assert times == [at] == [AT + timedelta(hours=1)]
    assert [(one["is_passed"], one["finding"]) for one in done] == found
    assert all((one["actor"], one["version"]) == ("head", 3) for one in done)


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.HANDLING, ["signed", "result", "not content", "result", "verify", "rate"]),
        (State.CLOSED, ["signed", "result", "not content"]),
    ],
)
def test_what_failed_goes_back_once_unless_it_is_closed(
    monkeypatch: pytest.MonkeyPatch, state: State, steps: list[str]
) -> None:
    told = []

    def told_by(name: str) -> Any:
        def scene(_story: Any, at: datetime, *_hours: float, **more: Any) -> scenes.Scene:
            told.append(name if more.get("is_passed", True) else "not content")
            yield at
            return at

        return scene

    monkeypatch.setattr(plots, "_signed", told_by("signed"))
    for name in ("result", "verify", "rate"):
        monkeypatch.setattr(scenes, name, told_by(name))
    ended(plots.failed(story_in(state), AT))
    assert told == steps
