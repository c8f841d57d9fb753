"""The first account of an installation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from linli.core.actor import Function
from linli.foundation.accounts.models import Account, Unit
from linli.foundation.accounts.selectors import role_list


def test_an_operator_is_made_once_by_name(db: None) -> None:
    said = StringIO()
    call_command("operator_create", "Admin", "管理员甲", stdout=said)
    account = Account.objects.get(username="admin")
    password = said.getvalue().strip().rsplit("：", 1)[-1]
    assert account.check_password(password) and account.must_change_password
    assert [role.function for role in role_list(account.person)] == [Function.OPERATOR]
    with pytest.raises(CommandError, match="已被使用"):
        call_command("operator_create", "admin", "管理员乙", stdout=said)
    call_command("operator_create", "admin2", "管理员乙", stdout=said)
    assert Unit.objects.count() == 1 and Account.objects.count() == 2
