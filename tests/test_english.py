"""The interface is wholly there in English: every text is marked, translated, and keeps its place holders."""

import ast
from collections.abc import Iterator
from pathlib import Path

from linli.cli import messages

# What is Chinese for good: words that are recognised in files and texts, not words that are shown.
RECOGNISED = {
    "core/actor.py",  # names in the record
    "foundation/imports/services/running.py",  # the words of a message
    "foundation/accounts/channels.py",  # the server's console
    "foundation/ui/gallery.py",
    "foundation/places/rules.py",
    "foundation/places/matching.py",
    "foundation/places/schematic.py",
    "foundation/duties/calendarfile.py",
    "registers/organizations/workbook.py",
    "work/matters/words.py",
    *(f"work/matters/catalog/{name}.py" for name in ("grammar", "reading")),  # cells of the list of duties
    "work/matters/routing/cells.py",
    "foundation/imports/values.py",
    "foundation/imports/words.py",
    "foundation/places/addresses.py",
    "foundation/places/addressindex.py",
    "foundation/places/models/address.py",
    "registers/residents/assessing/content.py",  # a document for a Chinese lawyer
    *(f"registers/residents/synth/{name}.py" for name in ("addresses", "areas", "faults", "homes", "joined")),
    "registers/residents/synth/tables.py",
    "work/deliberation/meetings/rules.py",  # a day as somebody wrote it
    "work/deliberation/meetings/wording.py",  # the words of a message
    "work/deliberation/secret/services/closing.py",  # names of groups, as sealed
    # what a roll says of its rows and what is written into stories and titles, kept for good
    *(f"work/deliberation/ballots/{name}.py" for name in ("rollsources", "services/boxes", "services/rolls")),
    *(f"work/deliberation/ballots/services/{name}.py" for name in ("objecting", "paper")),
    *(f"work/deliberation/elections/services/{name}.py" for name in ("candidates", "recalls")),
    "work/deliberation/resolutions/services/tasks.py",
    "work/deliberation/ballots/services/proxies.py",
    # the words of a policy and of the trace kept of it; what is written into stories and records
    *(f"work/benefits/language/{name}.py" for name in ("reading", "wording", "words")),
    *(f"work/benefits/outreach/{name}.py" for name in ("settings", "traces")),
    *(
        f"work/benefits/outreach/services/{name}.py"
        for name in ("batches", "dealing", "leads", "learning", "visits")
    ),
}
# Words that are taken off what somebody wrote, or that tell texts apart.
READ = {"removesuffix", "removeprefix", "replace", "endswith", "_counted"}
# What is kept is Chinese, whoever acts: notices, duties, purposes and remarks are read by others too.
KEPT = {"tell", "tell_", "_tell", "_end", "notice_queue", "record", "look_record", "duty_open"}
RECORDED = {"purpose", "title", "body", "note", "source", "reason"}


def test_every_text_has_its_english() -> None:
    assert list(messages.faults(messages.collect())) == [], "run `./linli messages collect` and translate"


def test_the_catalogue_holds_what_the_source_holds() -> None:
    fresh, kept = ({(m.id, m.context) for m in c} for c in (messages.collect(), messages.catalogue_read()))
    assert fresh == kept, "run `./linli messages collect`"


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                yield first.value


def _held(tree: ast.Module) -> set[ast.AST]:
    """Return what is marked, told apart by, written into the record, or a docstring."""
    held = set(_docstrings(tree))
    for node in ast.walk(tree):
        is_marked = isinstance(node, ast.Call) and _name(node.func) in messages.CALLS | KEPT | READ
        is_told_apart = isinstance(node, ast.Compare | ast.Subscript)
        is_kept = (isinstance(node, ast.keyword) and node.arg in RECORDED) or (
            isinstance(node, ast.Assign)
            and any("facts[" in (name := ast.unparse(t)) or name in RECORDED for t in node.targets)
        )
        if is_marked or is_told_apart or is_kept:
            held |= set(ast.walk(node))
    return held


def _name(function: ast.expr) -> str:
    name = str(getattr(function, "id", getattr(function, "attr", "")))
    return "tell_" if name.startswith("tell_") else name


def _bare(path: Path) -> Iterator[str]:
    """Name the Chinese literals of a function that no gettext holds."""
    tree = ast.parse(path.read_text())
    held = _held(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    parts = {node for function in functions for part in function.body for node in ast.walk(part)}
    for node in parts - held:
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and messages.CHINESE.search(node.value):
            yield f"{path.relative_to(messages.PACKAGE)}:{node.lineno}: {node.value[:40]}"


def test_no_function_says_anything_bare() -> None:
    sources = [p for p in messages.sources(".py") if str(p.relative_to(messages.PACKAGE)) not in RECOGNISED]
    found = [line for path in sources for line in _bare(path)]
    assert not found, "\n".join(found)


def test_a_bare_text_is_found(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    (tmp_path / "a.py").write_text('def f():\n    """说明"""\n    return _("好") or "坏"\n')
    assert list(_bare(tmp_path / "a.py")) == ["a.py:3: 坏"]


def test_faults_are_named() -> None:
    catalogue = messages.Catalog(locale="en")
    catalogue.add("没有")
    catalogue.add("还剩%(n)d天", "%(n)d left 天数")
    catalogue.add("共%(n)d件", "matters in all")
    catalogue.add("写“注销”", "type “注销”")
    assert [fault.split("：")[0] for fault in messages.faults(catalogue)] == [
        "没有译文",
        "译文里有原文没有的中文",
        "占位符不一致",
    ]
