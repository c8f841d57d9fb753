"""What can be learnt from, how sure the machine is in words, and what must not leave the house; pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

LEAST_ROWS, LEAST_TEXTS_A_LABEL, LONGEST_TEXT = 50, 5, 5_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts with the label of each, and the labels that were left out because too few texts have them."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def lesson_of(pairs: Sequence[tuple[str, str]]) -> Lesson:
    """Return what can be learnt from (text, label); raises ``InvalidInput`` where that is too little."""
    known = [(text.strip()[:LONGEST_TEXT], label.strip()) for text, label in pairs]
    known = [(text, label) for text, label in known if text and label]
    if len(known) < LEAST_ROWS:
        raise InvalidInput(
            _("只有%(count)d条有内容又有标签，至少要%(least)d条才能训练。") % _rows(len(known)),
            hint=_("请再积累一些已确认的事项，或换一个更大的文件。"),
        )
    texts_of = Counter(label for _text, label in set(known))
    rare = sorted(label for label, count in texts_of.items() if count < LEAST_TEXTS_A_LABEL)
    kept = [(text, label) for text, label in known if texts_of[label] >= LEAST_TEXTS_A_LABEL]
    if len(texts_of) < 2 or len(texts_of) - len(rare) < 2:
        raise InvalidInput(
            _("只有一种标签有%(least)d条以上不同的内容，学不到怎样区分。") % {"least": LEAST_TEXTS_A_LABEL},
            hint=_("请提供至少两种标签，每种至少5条不同的内容。"),
        )
    if len(kept) < LEAST_ROWS:
        raise InvalidInput(
            _("去掉过少的标签后只有%(count)d条，至少要%(least)d条才能训练。") % _rows(len(kept)),
            hint=_("请补充各类别的例子后再训练。"),
        )
    return Lesson(tuple(text for text, _label in kept), tuple(label for _text, label in kept), tuple(rare))


def _rows(count: int) -> dict[str, int]:
    return {"count": count, "least": LEAST_ROWS}


def surety_words(probability: float | None) -> str:
    """Return in words how sure the machine is; nothing where only words were compared."""
    if probability is None:
        return ""
    steps = ((0.9, _("很有把握")), (0.7, _("较有把握")), (0.5, _("有一些把握")))
    return next((words for least, words in steps if probability >= least), _("把握不大"))


# -- what must not leave the house ----------------------------------------------
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方任袁柳史唐薛雷贺倪汤"
    "罗郝安常于傅齐康伍余顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒项董梁杜阮蓝闵贾江郭梅林钟徐邱骆高夏蔡田胡凌霍万柯卢莫"
    "丁邓洪包左石崔龚程陆翁侯段焦谷甘祖武刘叶白蒲赖乔谭温柴向古易廖欧聂曾关游岳单"
)
TITLES = "先生|女士|小姐|师傅|老师|阿姨|大爷|大妈|奶奶|爷爷|叔叔|医生|经理|书记|主任"
MASKS = (
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"), "［邮箱］"),
    (re.compile(r"(?:微信号?|QQ号?|qq号?|vx|VX)[：:\s为是]*[A-Za-z0-9_-]{5,}"), "［账号］"),
    (re.compile(r"\d{0,4}[\s-]?(?:\d[\s-]?){6,18}[\dXx]"), "［号码］"),
    (
        re.compile(r"\d+(?:号楼|栋|幢|座|单元|号)(?:[\s,，-]*\d+(?:号楼|栋|幢|座|单元|室|号|楼|层|户)?)+"),
        "［门牌］",
    ),
    (re.compile(r"[A-Za-z]?\d+(?:室|户)"), "［门牌］"),
    (re.compile(r"\d+[-－—#]\d+(?:[-－—]\d+)?(?:室|号)?"), "［门牌］"),
    (
        re.compile(
            r"(?<=我叫)[^\s，。,.；;！!]{2,4}|(?<=名叫)[^\s，。,.；;！!]{2,4}|(?<=叫做)[^\s，。,.；;！!]{2,4}"
        ),
        "［姓名］",
    ),
    (re.compile(r"(?<=姓名)[：:\s是为]*[^\s，。,.；;！!]{2,4}"), "［姓名］"),
    (re.compile(r"(?<=姓)[" + SURNAMES + r"][^\s，。,.；;！!的]{0,2}"), "［姓名］"),
    (re.compile(r"[" + SURNAMES + r"][\u4e00-\u9fff]{0,2}?(?=" + TITLES + r")"), "［姓名］"),
)


def masked(text: str) -> str:
    """Return a text without telephone and identity numbers, accounts, names that are named so, and doors.

    What is named in no usual way stays: that is why nothing leaves unless the operator has asked for it.
    """
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text
