"""[replies] what the hints beside a reply find in real official replies.

Ours: ``replies.rules`` on replies that were labelled by reading: benchmarks/reply_labels.csv holds the
number of the reply and whether it says what was done, by whom, when, and what the reader can do next. The
expressions were written with the part "tuned" in view; the figures are of the part "held", which was
labelled before and never used. Peer in the same run: one telling word for each element. The file must lie
beside the checkout.
"""

import csv
import gzip
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import line, milliseconds, p95

HERE = Path(__file__).resolve()
FILE = HERE.parents[2] / "shared" / "data" / "messages" / "replies.csv.gz"
LABELS = HERE.parent / "reply_labels.csv"
ELEMENTS = ("done", "who", "when", "next")
TELLING = {"done": ("已",), "who": ("局", "街道", "公司"), "when": ("月", "日"), "next": ("电话", "请")}


def _replies() -> dict[str, str]:
    csv.field_size_limit(10**8)
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return {row["id"]: row["reply"] for row in csv.DictReader(file)}


def _f1(pairs: list[tuple[bool, bool]]) -> float:
    right = sum(said and is_so for said, is_so in pairs)
    wrong = sum(said != is_so for said, is_so in pairs)
    return 2 * right / (2 * right + wrong) if right else 0.0


def main() -> int:
    if not FILE.exists():
        print(f"[replies] skipped: {FILE.name} does not lie beside the checkout")
        return 0
    from linli.work.matters.replies.rules import clauses_of, element_said, hints_of

    replies = _replies()
    labels = [row for row in csv.DictReader(LABELS.open(encoding="utf-8")) if row["part"] == "held"]
    ours, peer, more = [], [], {}
    for element in ELEMENTS:
        texts = [(replies[row["id"]], row[element] == "1") for row in labels]
        found = [(bool(element_said(element, clauses_of(text))), is_so) for text, is_so in texts]
        ours.append(_f1(found))
        peer.append(_f1([(any(word in text for word in TELLING[element]), is_so) for text, is_so in texts]))
        said = [is_so for told, is_so in found if told]
        more[element] = {
            "precision": round(sum(said) / len(said), 3),
            "recall": round(sum(said) / sum(is_so for _told, is_so in found), 3),
        }
    texts = list(replies.values())
    more["lacking"] = {
        element: round(sum(not element_said(element, clauses_of(text)) for text in texts) / len(texts), 3)
        for element in ELEMENTS
    }
    taken = p95(milliseconds(lambda index: hints_of("result", texts[index]), len(texts)))
    mean_ours, mean_peer = sum(ours) / len(ours), sum(peer) / len(peer)
    holds = mean_ours > mean_peer and taken < 20
    return line(
        "replies", size=f"{len(labels)} labelled of {len(texts)} replies", ours=mean_ours, peer=mean_peer,
        unit="macro F1", goal="better than one telling word; hints in 20 ms (p95)", holds=holds,
        p95_ms=round(taken, 2), **more,
    )  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
