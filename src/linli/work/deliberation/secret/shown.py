"""What the pages of secret ballots show and hand to their script."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from linli.core.errors import NotFound

from ..ballots.models import Ballot, Question
from ..ballots.rules import ABSTAIN
from .models import Ceremony, Opening
from .selectors import trustee_names


def opening_file() -> bytes:
    """Return the page on which a ballot is opened without a network: one file of this release."""
    found = finders.find("build/opening.html")
    if not isinstance(found, str):
        raise NotFound(_("这个安装里没有离线开票页，请联系系统管理员。"))
    return Path(found).read_bytes()


def opening_digest() -> str:
    """Return the SHA-256 of that file, by which whoever carries it checks it; empty where there is none."""
    try:
        return hashlib.sha256(opening_file()).hexdigest()
    except NotFound:
        return ""


def key_shown(text: str) -> str:
    """Return hex in groups of four, so that two people can compare it aloud."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def holders(ceremony: Ceremony) -> list[dict[str, Any]]:
    """Return the trustees as the script knows them: seat, side, name, what the share hashes to."""
    rows = list(ceremony.trustees.all())
    names = trustee_names(rows)
    return [
        {
            "seat": row.seat,
            "side": str(row.get_side_display()),
            "name": names.get(row.person_id, ""),
            "hash": row.share_hash,
        }
        for row in rows
    ]


def asked_rows(ballot: Ballot) -> list[dict[str, Any]]:
    """Return the questions of a ballot as the script checks and shows them."""
    return [
        {
            "key": row.key,
            "text": row.text,
            "choices": [str(choice["key"]) for choice in row.choices],
            "labels": {str(choice["key"]): str(choice["label"]) for choice in row.choices},
            "most": row.seats,
        }
        for row in Question.objects.filter(ballot=ballot)
    ]


def result_tables(ballot: Ballot, ceremony: Ceremony, opening: Opening) -> list[dict[str, Any]]:
    """Return for each group and question how often each choice was marked, blank and invalid ones last."""
    labels = {str(group["key"]): str(group["label"]) for group in ceremony.groups}
    return [
        {
            "group": labels.get(str(group["key"]), ""),
            "question": row["text"],
            "ballots": group["ballots"],
            "rows": _rows(row, group["questions"][place]),
        }
        for group in opening.result
        for place, row in enumerate(asked_rows(ballot))
    ]


def _rows(asked: dict[str, Any], combinations: dict[str, int]) -> list[tuple[str, int]]:
    found = Counter[str]()
    for combination, count in combinations.items():
        for choice in json.loads(combination) or []:
            found[choice] += count
    rows = [(asked["labels"][choice], found[choice]) for choice in asked["choices"]]
    if ABSTAIN not in asked["choices"]:
        rows.append((_("弃权"), combinations.get("[]", 0)))
    return [*rows, (_("无效"), combinations.get("null", 0))]
