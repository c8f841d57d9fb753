"""Models as files: plain arrays and JSON under ``assist/<version>/``, written whole or not at all."""

import functools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from django.conf import settings

from .features import WIDTH
from .model import TextModel

FORMAT = 1
VERSION = re.compile(r"[0-9a-z-]{1,40}")


def folder() -> Path:
    """Return where the models of this installation stand."""
    return Path(settings.HOME) / "assist"


def models_save(version: str, models: Mapping[str, TextModel]) -> Path:
    """Write the model of each target; the folder appears under its name when all of it is on disk."""
    place = _place(version)
    folder().mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder()))
    try:
        for target, model in models.items():
            with (draft / f"{target}.npz").open("wb") as file:
                arrays = {"kept": model.kept, "rarity": model.rarity, "weights": model.weights}
                np.savez_compressed(file, allow_pickle=False, bias=model.bias, **arrays)
                file.flush()
                os.fsync(file.fileno())
        labels = {target: model.labels for target, model in models.items()}
        said = {"format": FORMAT, "width": WIDTH, "labels": labels}
        (draft / "model.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        draft.replace(place)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return place


def _place(version: str) -> Path:
    if not VERSION.fullmatch(version):
        raise ValueError("a version is letters, digits and dashes")
    return folder() / version


def models_load(version: str) -> Mapping[str, TextModel]:
    """Return the models of a version by target, none where its files are gone or of another make."""
    return _read_all(_place(version))


@functools.lru_cache(maxsize=4)
def _read_all(place: Path) -> Mapping[str, TextModel]:
    try:
        said = json.loads((place / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if said.get("format") != FORMAT or said.get("width") != WIDTH:
        return {}
    return {target: _read(place / f"{target}.npz", labels) for target, labels in said["labels"].items()}


def _read(path: Path, labels: list[str]) -> TextModel:
    with np.load(path, allow_pickle=False) as arrays:
        kept = arrays["kept"]
        positions = np.full(WIDTH, -1, np.int32)
        positions[kept] = np.arange(len(kept), dtype=np.int32)
        return TextModel(tuple(labels), kept, arrays["rarity"], arrays["weights"], arrays["bias"], positions)
