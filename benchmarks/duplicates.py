"""[duplicates] what was said already, among a million texts.

Texts: made, seeded, of one to three sentences of the real messages; queries: 1,000 real messages held
back, whose sentences are in no text. Truth, and peer: the exhaustive cosine over the whole vocabulary of
letters in runs of one to three, computed in the same run (a check compares its weights with scikit-learn's
on a sample); a text as near as the tenth counts as found. Goals: recall of the ten nearest >= 0.95, p95 of
a query < 50 ms, the index (arrays) and the process that answers <= 2 GB. ``--texts N`` for a smaller run.
"""

import argparse
import csv
import gzip
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import line, p95

FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "messages"
NAMES = ("hot_issue_messages", "unlabelled_raw", "replies", "labelled_raw")
QUERIES, NEAREST, SEED = 1_000, 10, 2026
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
SHORTEST = 6
GB = 1 << 30
ASK = "import sys; from benchmarks.duplicates import answer; answer(*sys.argv[1:])"


def _messages() -> list[str]:
    csv.field_size_limit(10**8)
    texts: dict[str, None] = {}
    for name in NAMES:
        with gzip.open(FILES / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            texts.update((f"{row['subject']}。{row['text']}".strip(), None) for row in csv.DictReader(file))
    return list(texts)


def _sentences(messages: list[str]) -> list[str]:
    found = (part.strip() for text in messages for part in SENTENCE.findall(text))
    return list(dict.fromkeys(part for part in found if len(part) >= SHORTEST))


def _made(sentences: list[str], count: int) -> Iterator[str]:
    choose = random.Random(SEED)
    for _ in range(count):
        yield "".join(choose.choices(sentences, k=choose.randint(1, 3)))


def _same_as_library(made: list[str]) -> bool:
    """Whether our cosines over a sample are those of scikit-learn's TF-IDF."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    from linli.work.matters.assist.likeness import likeness_build

    ours, library = likeness_build(made), TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    theirs = library.fit_transform(made)
    for text in made[:20]:
        place, weight = ours.weights_of(text)
        mine = ours.cosines(np.arange(len(made)), place, weight)
        if not np.allclose(mine, (theirs @ library.transform([text]).T).toarray()[:, 0], atol=1e-4):
            return False
    return True


def _truth(index: Any, queries: list[str]) -> tuple[list[float], float]:
    """Return the tenth best cosine of every query over all texts, and how long one took (ms)."""
    import numpy as np
    from scipy import sparse

    from linli.work.matters.assist.likeness import runs_counted

    rows, columns, values = [], [], []
    for number, text in enumerate(queries):
        place, weight = index.weights_of(text)
        rows.append(place)
        columns.append(np.full(len(place), number))
        values.append(weight * index.rarity[place])
    sought = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(len(index.codes), len(queries)),
    )
    best = np.zeros((NEAREST, len(queries)), np.float32)
    began, step = time.perf_counter(), 20_000
    for first in range(0, len(index.lengths), step):
        last = min(first + step, len(index.lengths))
        known, owner, place, often = runs_counted([index.text(row) for row in range(first, last)])
        column = np.searchsorted(index.codes, known)[place]
        held = (often.astype(np.float32), (owner, column))
        texts = sparse.csr_matrix(held, shape=(last - first, len(index.codes)))
        cosines = (texts @ sought).toarray() / index.lengths[first:last, None]
        best = -np.partition(-np.vstack([best, cosines]), NEAREST - 1, axis=0)[:NEAREST]
    return best.min(axis=0).tolist(), (time.perf_counter() - began) * 1000 / len(queries)


def answer(folder: str, queries_file: str) -> None:
    """Answer every query in a process of its own, and print milliseconds, rows and what it held in memory."""
    import json

    from linli.work.matters.assist.likeness import likeness_open

    index = likeness_open(Path(folder))
    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    for text in queries[:20]:
        index.nearest(text, NEAREST)
    took, worked, found = [], [], []
    for text in queries:
        began, busy = time.perf_counter(), time.process_time()
        found.append(index.nearest(text, NEAREST))
        worked.append((time.process_time() - busy) * 1000)
        took.append((time.perf_counter() - began) * 1000)
    status = Path("/proc/self/status").read_text()  # getrusage would count what the parent held at the fork
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
    print(json.dumps({"took": took, "worked": worked, "found": found, "peak": peak}))


def _asked_apart(index: Any, queries: list[str]) -> tuple[int, dict[str, Any]]:
    """Write the index, ask it in a process of its own; returns the bytes of the files and what it printed."""
    import json

    with tempfile.TemporaryDirectory(dir=os.environ.get("LINLI_HOME")) as name:
        folder = Path(name)
        index.save(folder)
        size = sum(path.stat().st_size for path in folder.glob("*.npy"))
        (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
        command = [sys.executable, "-c", ASK, str(folder), str(folder / "queries.json")]
        return size, json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main() -> int:
    """Measure and print one line."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--texts", type=int, default=1_000_000)
    count = asked.parse_args().texts
    if not FILES.exists():
        print(f"The real messages are needed beside the checkout: {FILES.name}/", file=sys.stderr)
        return 1
    from linli.work.matters.assist.likeness import likeness_build

    messages = _messages()
    random.Random(SEED).shuffle(messages)
    queries, rest = messages[:QUERIES], messages[QUERIES:]
    apart = set(_sentences(queries))
    sentences = [part for part in _sentences(rest) if part not in apart]
    same = _same_as_library(list(_made(sentences, 2_000)))
    began = time.perf_counter()
    index = likeness_build(_made(sentences, count))
    built = time.perf_counter() - began
    size, said = _asked_apart(index, queries)
    least, exhaustive = _truth(index, queries)
    hits = [
        sum(score >= tenth - 1e-5 for _row, score in found) / NEAREST
        for found, tenth in zip(said["found"], least, strict=True)
    ]
    recall, waited = sum(hits) / len(hits), p95(said["took"])
    holds = same and recall >= 0.95 and waited < 50 and max(size, said["peak"]) <= 2 * GB
    return line(
        "duplicates",
        size=f"{count:,} texts of {len(sentences):,} sentences, {len(queries):,} messages held back",
        ours=waited,
        peer=exhaustive,
        unit="ms (p95 of a query; peer: exhaustive, mean of a batch)",
        goal="recall@10 >= 0.95, p95 < 50 ms, <= 2 GB",
        holds=holds,
        cpu_p95_ms=round(p95(said["worked"]), 1),
        recall_at_10=round(recall, 4),
        index_gb=round(size / GB, 2),
        process_peak_gb=round(said["peak"] / GB, 2),
        built_s=round(built, 1),
        weights_are_the_librarys=same,
    )


if __name__ == "__main__":
    sys.exit(main())
