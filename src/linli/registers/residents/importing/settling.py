"""What a row says of a person by itself: number, day of birth and sex must agree; a telephone must be one."""

from datetime import date

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.imports.targets import Row

from ..ages import MINOR_UNDER, age_on
from ..entries import birth_read, phone_read
from ..numbers import number_agrees, number_read
from .people_fields import birth_of


def person_settle(row: Row, today: date) -> None:
    """Read number, day of birth, sex and telephone together; adds what is wrong, and what was left out."""
    values = row.values
    try:
        birth = birth_of(values)
        if birth is not None:
            birth = birth_read(birth, today)
        if values.get("number"):
            number = number_read(values["number"], today, values.get("number_kind", ""))
            number_agrees(number, birth, values.get("sex", ""))
            values["number"], values["number_kind"] = number.value, number.kind
            birth = birth or number.birth
            if number.sex:
                values["sex"] = number.sex
    except InvalidInput as refusal:
        row.reasons.append(refusal.message)
        return
    if birth is not None:
        values["birth"] = birth.isoformat()
    elif not values.get("number"):
        row.remarks.append(_("没有证件号码，也没有出生日期：以后只能按姓名和住处认人。"))
    _phone(row, today, birth)


def _phone(row: Row, today: date, birth: date | None) -> None:
    text = row.values.get("phone", "")
    if not text:
        return
    if birth is not None and age_on(birth, today) < MINOR_UNDER:
        row.values["phone"] = ""
        row.remarks.append(_("未满14岁，没有登记电话：通过监护人联系。"))
        return
    try:
        row.values["phone"] = phone_read(text)
    except InvalidInput:
        row.values["phone"] = ""
        row.remarks.append(_("联系电话的写法不对，没有采用。"))
