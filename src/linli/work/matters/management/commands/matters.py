"""``linli matters import``: bring a file of matters in, look through it only, or undo an import."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import Actor, system
from linli.core.errors import Refusal
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.mapping import MapSpec, spec_read
from linli.foundation.imports.models import Import
from linli.foundation.imports.selectors import import_get, kept_rows, map_by_name
from linli.foundation.imports.services import (
    import_discard,
    import_map_set,
    import_start,
    import_undo_start,
    import_upload,
)
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through

TARGET = "matters"
COUNTS = {
    "new": "新增",
    "changed": "更新",
    "unchanged": "没有变化",
    "quarantined": "待改",
    "undone": "撤销",
    "kept": "保留",
}
MOST = 10


def _words(counts: Mapping[str, int]) -> str:
    return "，".join(f"{COUNTS[name]} {count}" for name, count in counts.items() if name in COUNTS)


class Command(BaseCommand):
    """Import matters from another system's file; the same services as the page."""

    help = "事项：导入12345、旧系统的工单文件（matters import 文件）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``import FILE`` with a map and a place, or ``import --undo ID``."""
        importing = parser.add_subparsers(dest="action", required=True).add_parser("import", help="导入文件")
        importing.add_argument("file", nargs="?", type=Path, help="CSV、.csv.gz、.xlsx 或 .xls")
        importing.add_argument("--map", default="", help="保存的对应关系的名称，或对应关系文件（.yaml）")
        importing.add_argument("--place", default="", help="整个文件属于哪个街镇或居村委（区划代码）")
        importing.add_argument("--source", default="", help="来件渠道，如 12345")
        importing.add_argument("--state", default="", help="整个文件都是哪种状态，如 closed")
        importing.add_argument(
            "--date-order", default="", choices=["month", "day"], help="日期先写月还是先写日"
        )
        importing.add_argument("--count", action="store_true", help="计入三率等统计")
        importing.add_argument("--dry-run", action="store_true", help="只看预览，不导入")
        importing.add_argument("--undo", default="", metavar="编号", help="撤销一次导入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Call the services and say what came of it."""
        actor = system("command")
        try:
            if options["undo"]:
                self._undo(actor, options["undo"])
            elif options["file"] is None:
                raise CommandError("请写明要导入的文件，或用 --undo 撤销一次导入。")
            else:
                self._import(actor, options["file"], options)
        except Refusal as refusal:
            details = "；".join(str(words) for words in refusal.details.values() if words != refusal.message)
            raise CommandError(f"{refusal.message}{refusal.hint}{details}") from refusal

    def _import(self, actor: Actor, file: Path, options: Mapping[str, Any]) -> None:
        try:
            with file.open("rb") as opened:
                incoming = incoming_read(File(opened, name=file.name), target_get(TARGET))
        except OSError as error:
            raise CommandError(f"读不了文件 {file}：{error.strerror}。") from error
        job = import_upload(actor=actor, target=TARGET, incoming=incoming)
        try:
            import_map_set(
                actor=actor, import_id=job.pk, spec=_spec(actor, job, options), is_counted=options["count"]
            )
        except Refusal:
            import_discard(actor=actor, import_id=job.pk)
            raise
        work_through(job.pk)
        job.refresh_from_db()
        self._preview(job)
        if job.state == Import.State.CHECKED and options["dry_run"]:
            import_discard(actor=actor, import_id=job.pk)
            self.stdout.write("这只是预览，什么也没有导入。")
        else:
            self._run(actor, job)

    def _preview(self, job: Import) -> None:
        for note in job.notes:
            self.stdout.write(f"  {note}")
        found = job.preview
        self.stdout.write(f"预览 {job.name}（{job.total}行）：{_words(found.get('counts', {}))}。")
        for words, count in [*found.get("reasons", []), *found.get("remarks", [])][:MOST]:
            self.stdout.write(f"  {count}行：{words}")
        for code, words in found.get("unknown", {}).items():
            listed = "、".join(f"{word}（{count}）" for word, count in words[:MOST])
            self.stdout.write(f"  没有对应的{target_get(TARGET).field(code).label}：{listed}")

    def _run(self, actor: Actor, job: Import) -> None:
        if job.state == Import.State.CHECKED:
            import_start(actor=actor, import_id=job.pk)
            work_through(job.pk)
            job.refresh_from_db()
        if job.state != Import.State.DONE:
            raise CommandError(f"{job.failure}（导入编号 {job.public_id}）")
        self.stdout.write(f"导入完成：{_words(job.counts)}。")
        self.stdout.write(f"撤销整次导入：linli matters import --undo {job.public_id}")

    def _undo(self, actor: Actor, public_id: str) -> None:
        try:
            job = import_get(actor, public_id)
        except ValidationError as error:
            raise CommandError(f"“{public_id}”不是导入编号。") from error
        import_undo_start(actor=actor, import_id=job.pk)
        work_through(job.pk)
        job.refresh_from_db()
        if job.state != Import.State.UNDONE:
            raise CommandError(job.failure)
        self.stdout.write(f"已撤销 {job.name}：{_words(job.counts)}。")
        for row in kept_rows(job)[:MOST]:
            self.stdout.write(f"  保留第{row.number}行 {row.words}：{row.reason}")


def _spec(actor: Actor, job: Import, options: Mapping[str, Any]) -> MapSpec:
    """Return the map that was named or suggested, with what the command line fixes."""
    name = options["map"]
    if name.endswith((".yaml", ".yml", ".json")):
        try:
            spec = spec_read(yaml.safe_load(Path(name).read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CommandError(f"读不了对应关系 {name}。") from error
    else:
        spec = map_by_name(actor, TARGET, name) if name else spec_read(job.spec)
    fixed = {code: options[code] for code in ("place", "source", "state") if options[code]}
    columns = {code: header for code, header in spec.columns.items() if code not in fixed}
    order = options["date_order"] or spec.date_order
    return replace(spec, columns=columns, fixed={**spec.fixed, **fixed}, date_order=order)
