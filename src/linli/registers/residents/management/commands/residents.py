"""``linli residents import``: bring a file of the registry in, look through it only, or undo an import."""

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
    import_ending_confirm,
    import_map_set,
    import_start,
    import_undo_start,
    import_upload,
)
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through
from linli.foundation.places.selectors import division_by_code

from ...importing.sources import sources
from ...importing.targets import targets

COUNTS = {
    "new": "新增",
    "changed": "更新",
    "unchanged": "没有变化",
    "conflicts": "待定",
    "quarantined": "待改",
    "ended": "注销",
    "undone": "撤销",
    "kept": "保留",
}
MOST = 10


def _words(counts: Mapping[str, int]) -> str:
    return "，".join(f"{COUNTS[name]} {count}" for name, count in counts.items() if name in COUNTS)


class Command(BaseCommand):
    """Import homes, persons and the rest of 一标三实; the same services as the page."""

    help = "居民：导入一标三实的文件（residents import 文件 --target residents --area 区划代码）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``import FILE`` of a target into an area, or ``import --undo ID``."""
        importing = parser.add_subparsers(dest="action", required=True).add_parser("import", help="导入文件")
        importing.add_argument("file", nargs="?", type=Path, help="CSV、.csv.gz、.xlsx 或 .xls")
        names = [target.code for target in targets()]
        importing.add_argument("--target", default="residents", choices=names, help="导入什么")
        importing.add_argument("--area", default="", help="只导入这个区划（代码）以内的")
        importing.add_argument("--map", default="", help="保存的对应关系的名称，或对应关系文件（.yaml）")
        importing.add_argument("--source", default="", choices=["", *sources()], help="由哪个部门的文件")
        importing.add_argument("--complete", default="", metavar="代码", help="文件是这个街镇或居村委的全量")
        importing.add_argument("--ends", type=int, default=0, help="已核对：注销文件里没有的这么多条")
        importing.add_argument("--dry-run", action="store_true", help="只看预览，不导入")
        importing.add_argument("--undo", default="", metavar="编号", help="撤销一次导入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Call the services and say what came of it."""
        actor = system("command")
        try:
            if options["area"]:
                actor = actor.with_areas((division_by_code(options["area"]).path,))
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
        target = options["target"]
        try:
            with file.open("rb") as opened:
                incoming = incoming_read(File(opened, name=file.name), target_get(target))
        except OSError as error:
            raise CommandError(f"读不了文件 {file}：{error.strerror}。") from error
        job = import_upload(actor=actor, target=target, incoming=incoming)
        try:
            import_map_set(actor=actor, import_id=job.pk, spec=_spec(actor, job, options))
        except Refusal:
            import_discard(actor=actor, import_id=job.pk)
            raise
        self._worked(job)
        self._preview(job)
        if job.state == Import.State.CHECKED and options["dry_run"]:
            import_discard(actor=actor, import_id=job.pk)
            self.stdout.write("这只是预览，什么也没有导入。")
        else:
            self._run(actor, job, options["ends"])

    def _worked(self, job: Import) -> None:
        work_through(job.pk)
        job.refresh_from_db()

    def _preview(self, job: Import) -> None:
        for note in job.notes:
            self.stdout.write(f"  {note}")
        found = job.preview
        self.stdout.write(f"预览 {job.name}（{job.total}行）：{_words(found.get('counts', {}))}。")
        for words, count in [*found.get("reasons", []), *found.get("remarks", [])][:MOST]:
            self.stdout.write(f"  {count}行：{words}")
        if job.ending.get("ends"):
            self.stdout.write(f"  文件里没有的登记：{job.ending['ends']}条（现有{job.ending['now']}条）。")

    def _run(self, actor: Actor, job: Import, ends: int) -> None:
        if job.state == Import.State.CHECKED:
            import_start(actor=actor, import_id=job.pk)
            self._worked(job)
        if job.state == Import.State.HELD and ends:
            import_ending_confirm(actor=actor, import_id=job.pk, ends=ends)
            self._worked(job)
        if job.state == Import.State.HELD:
            raise CommandError(
                f"停在复核：文件里没有的登记有{job.ending['ends']}条，没有注销。核对后在网页上确认，"
                f"或加 --ends {job.ending['ends']} 再运行。（导入编号 {job.public_id}）"
            )
        if job.state != Import.State.DONE:
            raise CommandError(f"{job.failure}（导入编号 {job.public_id}）")
        self.stdout.write(f"导入完成：{_words(job.counts)}。")
        self.stdout.write(f"撤销整次导入：linli residents import --undo {job.public_id}")

    def _undo(self, actor: Actor, public_id: str) -> None:
        try:
            job = import_get(actor, public_id)
        except ValidationError as error:
            raise CommandError(f"“{public_id}”不是导入编号。") from error
        import_undo_start(actor=actor, import_id=job.pk)
        self._worked(job)
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
        spec = map_by_name(actor, job.target, name) if name else spec_read(job.spec)
    fixed = {**spec.fixed, **({"source": options["source"]} if options["source"] else {})}
    return replace(spec, fixed=fixed, complete=options["complete"] or spec.complete)
