"""``linli messages``: the English catalogue: collected from the source, checked, compiled for the pages."""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .ground import django_ready

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "locale"
LEFT_OUT = {"tests", "migrations", "locale", "static", "cli", "commands", "demo"}
CALLS = {
    *("_", "_now", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "npgettext", "lazy"),
}
IN_TEMPLATE = re.compile(r"""\b(n?p?gettext)\(((?:\s*u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,?)+)""")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the interface where it stands: its Chinese, the plural's Chinese, the context."""

    where: str
    chinese: str
    plural: str = ""
    context: str | None = None


def sources(suffix: str) -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob(f"*{suffix}")):
        if not LEFT_OUT & set(path.relative_to(PACKAGE).parts):
            yield path


def _text(where: str, call: str, words: list[str]) -> Text:
    context = words.pop(0) if call.startswith(("pgettext", "npgettext")) else None
    plural = words[1] if call.startswith("n") and len(words) > 1 else ""
    return Text(where, words[0], plural, context)


def _in_python(path: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in CALLS and words:
            yield _text(f"{path.relative_to(PACKAGE)}", "gettext" if name in ("_", "_now") else name, words)


def _in_template(path: Path) -> Iterator[Text]:
    from django.utils.translation.template import templatize

    for call, arguments in IN_TEMPLATE.findall(templatize(path.read_text(), origin=path.name)):
        words = list(ast.literal_eval(f"({arguments.rstrip().rstrip(',')},)"))
        yield _text(f"{path.relative_to(PACKAGE)}", call, words)


def texts() -> Iterator[Text]:
    """Yield every text of the interface that the source marks as translatable."""
    for path in sources(".py"):
        yield from _in_python(path)
    for path in sources(".html"):
        yield from _in_template(path)


def catalogue_path(language: str = "en") -> Path:
    """Return where a language's catalogue stands."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def catalogue_read(language: str = "en") -> Catalog:
    """Return a language's catalogue, empty where there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="linli", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def collect(language: str = "en") -> Catalog:
    """Return the catalogue of today's source, with the translations that are known."""
    known = catalogue_read(language)
    fresh = Catalog(locale=language, project="linli", charset="utf-8", fuzzy=False)
    places: dict[tuple[str, str, str | None], list[str]] = {}
    for text in texts():
        places.setdefault((text.chinese, text.plural, text.context), []).append(text.where)
    for (chinese, plural, context), where in places.items():
        key: str | tuple[str, str] = (chinese, plural) if plural else chinese
        old = known.get(chinese, context)
        said = old.string if old is not None and bool(old.pluralizable) == bool(plural) else None
        fresh.add(key, said, locations=[(name, 0) for name in sorted(set(where))], context=context)
    return fresh


def catalogue_write(catalogue: Catalog, language: str = "en") -> Path:
    """Write a catalogue sorted by text and without dates: it changes only where a text does."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, omit_header=True, include_lineno=False)
    return path


def faults(catalogue: Catalog) -> Iterator[str]:
    """Name what is not said, is said in Chinese (quoting the original is fine), or lost a place holder."""
    for message in catalogue:
        if not message.id:
            continue
        said = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        chinese = message.id if isinstance(message.id, str) else message.id[0]
        if not all(said):
            yield f"没有译文：{chinese}"
        elif any(run not in chinese for words in said for run in CHINESE.findall(words)):
            yield f"译文里有原文没有的中文：{chinese}"
        elif any(_places(words) != _places(chinese) for words in said[-1:]):
            yield f"占位符不一致：{chinese} → {said[-1]}"


def _places(words: str) -> list[str]:
    return sorted(PLACES.findall(words.replace("%%", "")))


def compile_all() -> list[Path]:
    """Compile every catalogue beside itself; returns the files written."""
    written = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        with path.open("rb") as source, target.open("wb") as file:
            write_mo(file, read_po(source, locale=path.parts[-3]))
        written.append(target)
    return written


def run(arguments: Sequence[str]) -> int:
    """Collect, check or compile; 1 where something is not translated."""
    parser = argparse.ArgumentParser("linli messages", description="英文界面：收集、检查、编译译文")
    parser.add_argument("act", choices=["collect", "check", "compile"], help="收集、检查或编译")
    chosen = parser.parse_args(arguments)
    if chosen.act == "compile":
        print("\n".join(str(path) for path in compile_all()))
        return 0
    django_ready()
    catalogue = collect()
    if chosen.act == "collect":
        print(f"{catalogue_write(catalogue)}：{len(catalogue)} 条")
        return 0
    found = list(faults(catalogue))
    print("\n".join(found) or f"{len(catalogue)} 条都有译文。", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0
