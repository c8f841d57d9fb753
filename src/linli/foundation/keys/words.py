"""What the acts of this room are called."""

from linli.core.words import gettext_lazy as _

VERBS = {
    "key.make": _("启用新密钥"),
    "key.renew": _("换用新密钥重新加密"),
    "key.retire": _("停用旧密钥"),
    "key.retoken": _("用新密钥重建检索码"),
}
