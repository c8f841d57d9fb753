"""``operator_create``: the first account of a new installation, who then opens units and adds people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from linli.core.actor import Function, system
from linli.core.errors import Refusal

from ...models import Unit
from ...services import account_create_staff, unit_open

UNIT = "平台运维"


class Command(BaseCommand):
    """Make an operator's account and show its temporary password once."""

    help = "新建运维账号：operator_create 用户名 姓名（临时密码只显示一次）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user name and the person's name."""
        parser.add_argument("username", help="用户名：3至40位小写字母、数字、点、横线或下划线")
        parser.add_argument("name", help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the operators' unit where there is none, and make the account."""
        actor = system("operator_create")
        unit = Unit.objects.filter(function=Function.OPERATOR, closed_on__isnull=True).first()
        try:
            unit = unit or unit_open(actor=actor, name=UNIT, function=Function.OPERATOR)
            made = account_create_staff(
                actor=actor,
                unit=unit,
                function=Function.OPERATOR,
                name=options["name"],
                username=options["username"],
                is_unit_admin=True,
            )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"运维账号已建立：{made.account.username}")
        self.stdout.write(f"临时密码（只显示这一次，首次登录须更改并绑定身份验证器）：{made.password}")
