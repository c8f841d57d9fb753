"""The shape of what people type; what it means is judged by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.core.errors import InvalidInput

from .models import FUNCTIONS, Person, Role, Unit

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def form_refuse(form: forms.Form, refusal: InvalidInput) -> None:
    """Show a service's refusal beside the fields that it names, or above the form."""
    named = {name: words for name, words in refusal.details.items() if name in form.fields}
    for name, words in named.items():
        form.add_error(name, words)
    if not named:
        form.add_error(None, refusal.message)


class PhoneForm(forms.Form):
    """A phone number and the consent to the notice that is shown beside it."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("请填写手机号。")},
    )
    agree = forms.BooleanField(
        label=_("同意告知"),
        error_messages={"required": _("请先阅读并勾选同意个人信息处理告知。")},
    )
    privacy_version = forms.CharField(widget=forms.HiddenInput)
    next = forms.CharField(widget=forms.HiddenInput, required=False)


class CodeForm(forms.Form):
    """Six digits: from a message, or from an authenticator."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填写验证码。")},
    )


class SecondFactorForm(forms.Form):
    """A code of the authenticator or a recovery code."""

    code = forms.CharField(
        label=_("动态码或备用码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
        error_messages={"required": _("请填写动态码或备用码。")},
    )


class StaffSignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("请填写用户名。")},
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("请填写密码。")},
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少10位，不能全是数字，不能是常见密码。"),
        error_messages={"required": _("请填写新密码。")},
    )
    repeated = forms.CharField(
        label=_("再填一次新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("请再填一次新密码。")},
    )


class OwnPasswordForm(NewPasswordForm):
    """The present password, and a new one twice."""

    current = forms.CharField(
        label=_("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("请填写现在的密码。")},
    )
    field_order = ("current", "password", "repeated")


class NameForm(forms.Form):
    """How one wants to be called."""

    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=40,
        required=False,
        help_text=_("例如：王阿姨。工作人员联系您时使用。"),
    )


class EraseForm(forms.Form):
    """The word that confirms the end of an account."""

    confirmation = forms.CharField(
        label=_("请填写“注销”两个字"),
        max_length=10,
        error_messages={"required": _("请填写“注销”两个字，以免误操作。")},
    )


class StaffFilterForm(forms.Form):
    """What the list of staff is narrowed by."""

    q = forms.CharField(label=_("姓名或用户名"), max_length=40, required=False)
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        required=False,
        label=_("单位"),
        empty_label=_("全部单位"),
        to_field_name="public_id",
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("in", _("在岗")), ("out", _("已离岗")), ("off", _("已停用"))],
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role in one unit; no area means the whole unit."""

    function = forms.ChoiceField(label=_("岗位职能"), choices=FUNCTIONS)
    title = forms.CharField(
        label=_("职务"), max_length=40, required=False, help_text=_("例如：主任、经办人。")
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("负责区域"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选表示本单位的全部区域。"),
    )
    is_unit_admin = forms.BooleanField(label=_("单位管理员（可以管理本单位的人员）"), required=False)
    valid_to = forms.DateField(label=_("到期日"), required=False, widget=DAY, help_text=_("不填表示长期。"))

    def __init__(self, *args: Any, functions: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["function"].choices = [pair for pair in FUNCTIONS if pair[0] in functions]  # type: ignore[attr-defined]
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]


class StaffForm(RoleForm):
    """A new staff member with a first role."""

    name = forms.CharField(label=_("姓名"), max_length=40, error_messages={"required": _("请填写姓名。")})
    username = forms.CharField(
        label=_("用户名"),
        max_length=40,
        help_text=_("3至40位小写字母、数字、点、横线或下划线。"),
        error_messages={"required": _("请填写用户名。")},
    )
    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        required=False,
        help_text=_("如果这个号码已是平台用户，会认作同一个人，首次登录时须用短信验证码确认。"),
    )
    email = forms.EmailField(
        label=_("工作邮箱"),
        required=False,
        error_messages={"invalid": _("邮箱格式不对，例如 name@example.org。")},
    )
    field_order = (
        "name",
        "username",
        "phone",
        "email",
        "function",
        "title",
        "is_unit_admin",
        "areas",
        "valid_to",
    )


class StaffDetailsForm(forms.Form):
    """Name and work e-mail of a staff member."""

    name = forms.CharField(label=_("姓名"), max_length=40, error_messages={"required": _("请填写姓名。")})
    email = forms.EmailField(
        label=_("工作邮箱"),
        required=False,
        error_messages={"invalid": _("邮箱格式不对，例如 name@example.org。")},
    )


class RoleChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Roles by function and unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the role and its unit."""
        return f"{obj}（{obj.unit}）"


class PersonChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Persons by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the person."""
        return str(obj.name)


class DeputyForm(forms.Form):
    """Who stands in for which role, from when to when."""

    role = RoleChoiceField(
        label=_("岗位"), queryset=Role.objects.none(), to_field_name="public_id", empty_label=None
    )
    deputy = PersonChoiceField(
        empty_label=_("请选择"),
        label=_("代理人"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        error_messages={"required": _("请选择代理人。")},
    )
    from_on = forms.DateField(label=_("从"), widget=DAY, error_messages={"required": _("请选择开始日期。")})
    to_on = forms.DateField(
        label=_("到（含当天）"), widget=DAY, error_messages={"required": _("请选择结束日期。")}
    )
    reason = forms.CharField(label=_("原因"), max_length=100, required=False)

    def __init__(self, *args: Any, roles: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = colleagues  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """Who takes over, and why."""

    successor = PersonChoiceField(
        empty_label=_("请选择"),
        label=_("接手人"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        error_messages={"required": _("请选择接手人。")},
    )
    reason = forms.CharField(
        label=_("原因"), max_length=100, error_messages={"required": _("请填写原因，例如：调离。")}
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = colleagues  # type: ignore[attr-defined]


class NewPhoneForm(forms.Form):
    """Another number for one's own account."""

    phone = forms.CharField(
        label=_("新手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("请填写新手机号。")},
    )


class NewPhoneCodesForm(forms.Form):
    """The codes that went to the new and to the old number."""

    code = forms.CharField(
        label=_("新号码收到的验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("请填写验证码。")},
    )
    code_old = forms.CharField(
        label=_("原号码收到的验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("请填写验证码。")},
    )
