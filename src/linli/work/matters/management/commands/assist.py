"""``linli assist train``: learn to suggest, from what people have confirmed or from a labelled file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from linli.core.actor import system
from linli.core.errors import Refusal
from linli.foundation.places.selectors import division_by_code
from linli.work.matters.assist.labelled import labelled_read
from linli.work.matters.assist.learning import history, learn
from linli.work.matters.models import AssistModel, SuggestionTarget

NAMES = dict(SuggestionTarget.choices)


class Command(BaseCommand):
    """Train the suggestions; what is learnt is a matrix of numbers and holds nobody's words."""

    help = "智能建议：用已确认的事项或带标签的文件训练（assist train --file 文件）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``train`` with an optional file and area."""
        training = parser.add_subparsers(dest="action", required=True).add_parser("train", help="训练")
        training.add_argument("--file", type=Path, help="带标签的文件：CSV 或 .csv.gz，列：内容、类别……")
        training.add_argument("--area", default="", help="只用于哪个区划（代码）；不写则全部通用")

    def handle(self, *args: Any, file: Path | None = None, area: str = "", **options: Any) -> None:
        """Learn, and say what came of it and how good it is."""
        try:
            path = division_by_code(area).path if area else ""
            pairs = labelled_read(file) if file else history(path)
            source = f"文件 {file.name}" if file else "已确认的事项"
            model = learn(actor=system("assist"), pairs=pairs, source=source, area_path=path)
        except Refusal as refusal:
            raise CommandError(f"{refusal.message}{refusal.hint}") from refusal
        self._tell(model)

    def _tell(self, model: AssistModel) -> None:
        self.stdout.write(f"已训练并启用版本 {model.version}：{model.rows}条，用时{model.seconds}秒。")
        for target, found in model.figures.items():
            self.stdout.write(
                f"  {NAMES.get(target, target)}：宏F1 {found['macro_f1']:.3f}，"
                f"只答最有把握的八成时 {found['macro_f1_sure']:.3f}，"
                f"概率误差 {found['calibration_error']:.3f}"
            )
            if found["left_out"]:
                self.stdout.write(f"    例子太少、没有学的标签：{'、'.join(found['left_out'])}")
