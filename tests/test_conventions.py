"""The house rules of the design, read from the source: each rule is a function, and each is shown to bite."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "linli"
STOREYS = ("foundation", "registers", "work", "oversight", "doors")
LONGEST_FILE, LONGEST_FUNCTION = 500, 50
READERS = {
    *("views", "api", "tasks", "selectors", "templatetags", "context", "middleware"),
    *("admin", "forms", "rules", "permissions", "commands"),
}
WRITES = {
    *("save", "asave", "create", "acreate", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create", "delete", "update"),
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
# Put together here, so that this file does not accuse itself.
UNFINISHED = re.compile(r"#.*\bTO" + r"DO\b|\bTO" + "DO:|FIX" + "ME|NotImplemented" + "Error")
HOSTS = (
    "registry.npm" + "js.org",
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "mirror",
    "/simp" + "le/",
)
PATHS = re.compile(
    r"(?<![\w.])/(?:wo" + "rk/main|wo" + "rk/shared|ro" + r"ot/|home/\w+/|tmp/(?:home|uvenv|h2))"
)
CONNECTS = re.compile(
    r"(?:socket|ssl|http\.client|urllib\.request|urllib3|requests|httpx|aiohttp|websockets?|ftplib|smtplib)\b"
)
STORE = re.compile(r"(?:boto3|botocore|storages)\b")
INLINE = (
    (re.compile(r"\sstyle\s*=", re.I), "inline style"),
    (re.compile(r"<style\b", re.I), "inline style sheet"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I), "inline handler"),
    (re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:", re.I), "htmx evaluating script"),
    (re.compile(r"(?:href|src|action)\s*=\s*[\"']javascript:", re.I), "javascript: address"),
    (re.compile(r"<script\b(?![^>]*(?:\bsrc\s*=|application/json))", re.I), "inline script"),
)


@dataclass(frozen=True)
class Source:
    """One file of the package: its path below ``linli`` and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def kinds(self) -> set[str]:
        """The furniture this file belongs to: its name and the folders above it."""
        return {Path(self.path).stem, *Path(self.path).parts[:-1]}


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


Rule = Callable[[Source], Iterator[str]]


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def only_the_clock_tells_time(source: Source) -> Iterator[str]:
    """``core.clock`` is the only source of time; the command line may look at the machine's."""
    if source.path == "core/clock.py":
        return
    for call, function in _calls(source.tree):
        asks = f"{ast.unparse(function.value).split('.')[-1]}.{function.attr}"
        if asks in {
            *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
            *("timezone.now", "timezone.localdate", "timezone.localtime"),
        } or (asks == "time.time" and "cli" not in source.kinds):
            yield f"{call.lineno}: {asks}()"


def only_the_demo_sets_the_clock(source: Source) -> Iterator[str]:
    """Nothing but the demo and the tests sets the clock."""
    if source.path == "core/clock.py" or "demo" in source.path:
        return
    for node in ast.walk(source.tree):
        name = getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
        if name in {"clock_set", "clock_at", "clock_forward"}:
            yield f"{getattr(node, 'lineno', 0)}: {name}"


def readers_do_not_write(source: Source) -> Iterator[str]:
    """Pages, interfaces, jobs, reads and pure decisions call services; they never write."""
    if not source.kinds & READERS or "services" in source.kinds:
        return
    for call, function in _calls(source.tree):
        is_dict_update = function.attr == "update" and (call.args or not call.keywords)
        is_file_or_key = function.attr in {"save", "delete"} and bool(call.args)
        if function.attr in WRITES and not is_dict_update and not is_file_or_key:
            yield f"{call.lineno}: .{function.attr}()"


def _public_functions(source: Source) -> Iterator[ast.FunctionDef]:
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _decorators(function: ast.FunctionDef) -> set[str]:
    named = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return {ast.unparse(node).split(".")[-1] for node in named}


def services_have_one_shape(source: Source) -> Iterator[str]:
    """A service takes keywords only, ``actor`` first; a step runs inside one and takes keywords too."""
    if "services" not in source.kinds or Path(source.path).stem == "__init__":
        return
    for function in _public_functions(source):
        arguments, kinds = function.args, _decorators(function)
        if not kinds & {"service", "step", "require_service"}:
            yield f"{function.lineno}: {function.name} is not a @service"
        if arguments.args or arguments.posonlyargs or arguments.vararg:
            yield f"{function.lineno}: {function.name} takes positional arguments"
        names = [argument.arg for argument in arguments.kwonlyargs]
        if "service" in kinds and names[:1] != ["actor"]:
            yield f"{function.lineno}: {function.name} does not take actor first"


def public_acts_are_described(source: Source) -> Iterator[str]:
    """Every public service and selector says in one sentence what it is for."""
    if source.kinds & {"services", "selectors"}:
        for function in _public_functions(source):
            if not ast.get_docstring(function):
                yield f"{function.lineno}: {function.name} has no docstring"


def no_signal_receivers(source: Source) -> Iterator[str]:
    """What happens when something is done stands in its service; only migrating may fill a table."""
    for line, name in _imports(source.tree):
        if name == "django.db.models.signals.post_migrate":
            continue
        if ".signals." in name or name.endswith(".signals") or name.startswith("django.dispatch"):
            yield f"{line}: {name}"


def save_has_no_side_effects(source: Source) -> Iterator[str]:
    """``save()`` and ``delete()`` of a model stay Django's; one that only refuses is a constraint."""
    if "models" not in source.kinds:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
            body = [part for part in node.body if not isinstance(part, ast.Expr)]
            if not (len(body) == 1 and isinstance(body[0], ast.Raise)):
                yield f"{node.lineno}: {node.name}() overridden"


def functions_are_short(source: Source) -> Iterator[str]:
    """No function is longer than a screen."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {length} lines"


def rooms_meet_at_the_front(source: Source) -> Iterator[str]:
    """Rooms of the work storey know of each other only services and selectors."""
    parts = Path(source.path).parts
    if parts[0] != "work" or len(parts) < 3:
        return
    for line, name in _imports(source.tree):
        found = re.match(r"linli\.work\.(\w+)\.(\w+)", name)
        if found and found[1] != parts[1] and found[2] not in {"services", "selectors"}:
            yield f"{line}: {name}"


def files_have_plain_names(source: Source) -> Iterator[str]:
    """A file is named after what it holds."""
    if vague := (source.kinds & VAGUE):
        yield f"0: the name {', '.join(vague)} says nothing"


def one_way_out(source: Source) -> Iterator[str]:
    """Only ``core.outbound`` opens connections; the files room may speak to its object store by boto3."""
    if source.path == "core/outbound.py" or "cli" in source.kinds:
        return
    to_its_store = source.path.startswith("foundation/files/")
    for line, name in _imports(source.tree):
        if CONNECTS.match(name) or (STORE.match(name) and not to_its_store):
            yield f"{line}: {name}"


def nothing_is_unfinished(source: Source) -> Iterator[str]:
    """What is not finished is not here."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := UNFINISHED.search(line):
            yield f"{number}: {found[0]}"


RULES: tuple[Rule, ...] = (
    only_the_clock_tells_time,
    only_the_demo_sets_the_clock,
    readers_do_not_write,
    services_have_one_shape,
    public_acts_are_described,
    no_signal_receivers,
    save_has_no_side_effects,
    functions_are_short,
    rooms_meet_at_the_front,
    files_have_plain_names,
    one_way_out,
    nothing_is_unfinished,
)
BROKEN = {
    only_the_clock_tells_time: ("work/a/services.py", "from django.utils import timezone\ntimezone.now()"),
    only_the_demo_sets_the_clock: ("work/a/views.py", "from linli.core.clock import clock_at"),
    readers_do_not_write: ("work/a/views.py", "def page(request):\n    Matter.objects.update(state='x')"),
    services_have_one_shape: ("work/a/services.py", "@service\ndef matter_close(actor, *, matter_id): ..."),
    public_acts_are_described: ("work/a/selectors.py", "def matter_list(*, actor): ..."),
    no_signal_receivers: ("work/a/apps.py", "from django.db.models.signals import post_save"),
    save_has_no_side_effects: ("work/a/models.py", "class A:\n    def save(self):\n        self.tell()"),
    functions_are_short: ("work/a/rules.py", "def long():\n" + "    x = 1\n" * LONGEST_FUNCTION),
    rooms_meet_at_the_front: ("work/a/views.py", "from linli.work.b.models import B"),
    files_have_plain_names: ("work/a/helpers.py", ""),
    one_way_out: ("work/a/services.py", "import boto3\nfrom urllib.request import urlopen"),
    nothing_is_unfinished: ("work/a/rules.py", "# " + "TO" + "DO later"),
}


@cache
def _sources() -> tuple[Source, ...]:
    skipped = {"tests", "migrations", "__pycache__"}
    files = (path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py")))
    return tuple(
        Source(str(path), (PACKAGE / path).read_text()) for path in files if not skipped & {*path.parts}
    )


@cache
def _tracked() -> tuple[Path, ...]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return ()
    paths = (ROOT / name for name in done.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _readable(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def _none(faults: list[str], rule: str | None = "") -> None:
    if faults:
        pytest.fail("\n".join(filter(None, [rule, *faults])), pytrace=False)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Rule) -> None:
    faults = [f"{source.path}:{fault}" for source in _sources() for fault in rule(source)]
    _none(faults, rule.__doc__)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_bites(rule: Rule) -> None:
    assert list(rule(Source(*BROKEN[rule])))


def test_rules_know_what_is_allowed() -> None:
    assert not list(one_way_out(Source("foundation/files/storage.py", "import boto3")))
    assert list(one_way_out(Source("work/a/tasks.py", "import requests")))
    lines = ("seen.update({'a': 1})", "cache.delete('key')", "photo.save(out)", "clock.now()")
    fine = Source("work/a/views.py", "\n".join(lines))
    assert not [fault for rule in RULES for fault in rule(fine)]


def test_files_are_short() -> None:
    endings = {".py", ".html", ".ts", ".mjs", ".scss", ".sh"}
    lengths = {path: _readable(path).count("\n") for path in _tracked() if path.suffix in endings}
    _none([f"{path.relative_to(ROOT)}: {n} lines" for path, n in lengths.items() if n > LONGEST_FILE])


def test_every_room_says_what_it_is() -> None:
    rooms = [path.parent for storey in STOREYS for path in PACKAGE.glob(f"{storey}/*/__init__.py")]
    assert rooms
    silent = [str(room.relative_to(PACKAGE)) for room in rooms if not (room / "README.md").exists()]
    _none(silent, "rooms without a README.md")


def template_faults(text: str) -> Iterator[str]:
    """What the content security policy would refuse."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, name in INLINE:
            if pattern.search(line):
                yield f"{number}: {name}"


def test_templates_keep_the_policy() -> None:
    templates = [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("*.svg")]
    faults = [
        f"{path.relative_to(PACKAGE)}:{fault}"
        for path in templates
        for fault in template_faults(_readable(path))
    ]
    _none(faults)


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a onclick="go()">',
        '<form hx-on:submit="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
    ],
)
def test_policy_bites(line: str) -> None:
    assert list(template_faults(line))


@pytest.mark.parametrize(
    "line",
    [
        '<script src="/static/build/linli.js" defer></script>',
        '<script type="application/json" id="data">{}</script>',
        '<button x-on:click="open" @keydown="close" data-content="1">',
    ],
)
def test_policy_allows(line: str) -> None:
    assert not list(template_faults(line))


def machine_faults(text: str) -> Iterator[str]:
    """Hosts of package registries and paths of one machine."""
    for number, line in enumerate(text.splitlines(), 1):
        for host in HOSTS:
            if host in line:
                yield f"{number}: {host}"
        if found := PATHS.search(line):
            yield f"{number}: {found[0]}"


def test_no_file_names_a_machine_or_a_registry() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in _tracked()
        for fault in machine_faults(_readable(path))
    ]
    _none(faults)


def test_machines_and_registries_are_recognised() -> None:
    assert list(machine_faults(f"see https://{HOSTS[0]}/x"))
    assert list(machine_faults("cd /wo" + "rk/main"))
    assert not list(machine_faults("/opt/linli/var and framework/main"))
