"""What this room's codes in the record are called."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "import.upload": _("上传导入文件"),
    "import.map": _("设置导入对应关系"),
    "import.values": _("对应文件里的说法"),
    "import.check": _("预览导入"),
    "import.fail": _("导入出错"),
    "import.start": _("开始导入"),
    "import.batch": _("导入一批"),
    "import.finish": _("完成导入"),
    "import.count": _("设置导入是否计入统计"),
    "import.look": _("下载待改的行"),
    "import.correct": _("改正待改的行"),
    "import.replay": _("重新导入改正的行"),
    "import.undo_start": _("撤销导入"),
    "import.undo": _("撤销一批"),
    "import.settle": _("决定有出入的行"),
    "import.ending": _("核对文件里没有的登记"),
    "import.ending_confirm": _("复核同意注销文件里没有的登记"),
    "import.ending_decline": _("不注销文件里没有的登记"),
    "import.end": _("注销文件里没有的登记"),
    "import.discard": _("放弃导入"),
    "import.forget": _("清理导入文件"),
    "import_map.save": _("保存导入对应关系"),
    "import_map.delete": _("删除导入对应关系"),
}
