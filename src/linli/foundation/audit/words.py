"""What the codes of the record are called."""

from collections.abc import Callable, Iterable, Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HIDDEN_FIELDS = frozenset({"version", "pinyin", "initials"})  # follow from others and tell a reader nothing
_FIELDS: dict[tuple[str, str], str | Promise] = {}
_COLUMNS: dict[str, str | Promise] = {
    "accepted_at": _("受理时间"),
    "class_confirmed_by": _("三事分类确认人"),
    "class_set_by": _("三事分类研判人"),
    "closed_as": _("办结方式"),
    "closed_at": _("办结时间"),
    "decided_at": _("决定时间"),
    "decided_by": _("决定人"),
    "due_source": _("时限依据"),
    "finished_at": _("完成时间"),
    "handed_at": _("派遣时间"),
    "handled_at": _("反馈时间"),
    "intake_unit": _("首问单位"),
    "merged_into": _("并入的事项"),
    "published_at": _("公布时间"),
    "returned_to": _("退回到哪里"),
    "state": _("状态"),
}
_VERBS: dict[str, str | Promise] = {
    "account.create": _("建立账号"),
    "account.disable": _("停用账号"),
    "account.enable": _("启用账号"),
    "account.link_prove": _("验证账号归属"),
    "account.password_change": _("修改密码"),
    "account.reset": _("重置登录"),
    "account.sign_in": _("登录"),
    "account.sign_up": _("注册"),
    "account.totp_accept": _("动态口令正确"),
    "account.totp_enrol": _("绑定动态口令"),
    "account.totp_refuse": _("动态口令错误"),
    "account.update": _("修改账号"),
    "boundary.load": _("装入边界"),
    "building.add": _("添加楼栋"),
    "building.close": _("停用楼栋"),
    "building.reopen": _("恢复楼栋"),
    "building.set_grids": _("划分楼栋的网格"),
    "building.update": _("修改楼栋"),
    "calendar.load": _("装入节假日"),
    "code.accept": _("验证码正确"),
    "code.clear": _("清理验证码"),
    "code.refuse": _("验证码错误"),
    "code.send": _("发送验证码"),
    "compound.add": _("添加小区"),
    "compound.confirm_committee": _("确认小区所属居委"),
    "compound.dismiss": _("不收小区"),
    "compound.load": _("装入小区"),
    "compound.place": _("确认小区位置"),
    "compound.update": _("修改小区"),
    "consent.agree": _("同意隐私说明"),
    "consent.withdraw": _("撤回同意"),
    "deputyship.end": _("结束代班"),
    "deputyship.set": _("设置代班"),
    "division.load": _("装入区划"),
    "division_change.apply": _("执行区划变更"),
    "division_change.cancel": _("取消区划变更"),
    "division_change.confirm": _("确认区划变更"),
    "division_change.move": _("迁移区划变更的记录"),
    "division_change.note_failure": _("记下区划变更出错"),
    "division_change.plan": _("拟定区划变更"),
    "export.fetch": _("下载导出文件"),
    "export.make": _("导出列表"),
    "export.sweep": _("清理导出文件"),
    "identity.claim": _("统一认证首次登录"),
    "identity.confirm": _("确认统一认证身份"),
    "identity.end": _("解除统一认证身份"),
    "identity.link": _("登记统一认证身份"),
    "home.make": _("批量建立房屋"),
    "file.store": _("上传文件"),
    "file.sweep": _("清理无用文件"),
    "ladder.set": _("设置超时阶梯"),
    "part.add": _("添加房屋"),
    "part.close": _("停用房屋"),
    "part.make": _("批量添加房屋"),
    "part.reopen": _("恢复房屋"),
    "part.undo": _("撤销批量添加"),
    "part.update": _("修改房屋"),
    "person.erase": _("注销个人信息"),
    "person.export": _("导出个人信息"),
    "person.handover": _("移交全部待办"),
    "person.phone_change": _("更换手机号"),
    "person.update": _("修改个人信息"),
    "record.look": _("查看个人信息"),
    "role.end": _("结束岗位"),
    "role.grant": _("授予岗位"),
    "stair.add": _("添加楼门"),
    "stair.remove": _("去掉楼门"),
    "stair.update": _("修改楼门"),
    "unit.close": _("停用单位"),
    "unit.open": _("设立单位"),
    "unit.update": _("修改单位"),
    "units.import": _("导入单位和人员"),
}


_NAMES: dict[str, Callable[[Iterable[str]], Mapping[str, str]]] = {}


def actor_names_add(kind: str, names: Callable[[Iterable[str]], Mapping[str, str]]) -> None:
    """Name actors that are no persons: ``names`` takes keys (``kind:…``) and returns key → name."""
    _NAMES[kind] = names


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Return key → name for the keys whose kind has names (one query a kind)."""
    wanted: dict[str, set[str]] = {}
    for key in keys:
        wanted.setdefault(key.partition(":")[0], set()).add(key)
    found: dict[str, str] = {}
    for kind, names in _NAMES.items():
        if kind in wanted:
            found |= names(wanted[kind])
    return found


def verb_words_add(words: Mapping[str, str | Promise]) -> None:
    """Name further codes; a room calls this in ``ready()``."""
    _VERBS.update(words)


def verb_words(verb: str) -> str:
    """Return what a code is called, or the code itself."""
    return str(_VERBS.get(verb, verb))


def verb_choices() -> list[tuple[str, str]]:
    """Return every named code with its words, by words."""
    return sorted(((verb, str(words)) for verb, words in _VERBS.items()), key=lambda choice: choice[1])


def kind_words(kind: str) -> str:
    """Return the room that a kind of record belongs to (``places.compound``: 地点)."""
    try:
        return str(apps.get_app_config(kind.partition(".")[0]).verbose_name)
    except LookupError:
        return kind


def field_words_add(app: str, words: Mapping[str, str | Promise]) -> None:
    """Name what an app's records say was looked at and is no column (``fact.income``); in ``ready()``."""
    _FIELDS.update({(app, name): label for name, label in words.items()})


def field_words(kind: str, name: str) -> str:
    """Return a field's label where it was given one, by its model, its room or here, else its name."""
    column = name.removesuffix("_id")
    known = str(_FIELDS.get((kind.partition(".")[0], name), _COLUMNS.get(column, name)))
    try:
        label = str(getattr(apps.get_model(kind)._meta.get_field(name), "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return known
    return known if label.isascii() else label
