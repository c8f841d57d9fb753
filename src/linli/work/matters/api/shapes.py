"""The shapes of matters as JSON: what goes out, what comes in."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import StrictFloat, StrictInt

from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput, Redacted

from ..models import AffairClass
from ..workflow import State

Stage = Literal["", "open", "overdue", "closed", "mine"]
AnyState = Literal["", *State.values]  # type: ignore[valid-type]


class SuggestIn(Input):
    """A text to be sorted, and where."""

    text: str = Field(min_length=1, max_length=5_000, description=_("反映的内容。"), examples=["路灯不亮"])
    area: str = Field("", max_length=15, description=_("区划代码，用那里的模型和门槛；可不填。"))


class SuggestedOut(Schema):
    """One category that a machine recommends."""

    category: str = Field(alias="category.code", description=_("类别代码，见 /categories。"))
    name: str = Field(alias="category.name")
    probability: float | None = Field(description=_("把握，0到1；按关键词推荐时为空。"))
    words: list[str] = Field(description=_("内容里支持这个推荐的词。"))


class SuggestionOut(Schema):
    """What a machine recommends; a person decides."""

    categories: list[SuggestedOut]
    affair_class: str = Field(description=_("major、minor 或 private；空表示没有推荐。"))
    unit_kind: str = Field(description=_("主责单位类别；空表示没有推荐。"))
    abstained: bool = Field(description=_("把握低于门槛，没有推荐类别。"))
    model_version: str = Field(description=_("模型版本；空表示按类别清单的关键词推荐。"))


# -- what goes out ------------------------------------------------------------
class MatterOut(Schema):
    """A matter as whoever may see it reads it; never who reported it."""

    public_id: UUID = Field(description=_("不变的标识，用在网址里。"))
    number: str = Field(description=_("给人看、给人念的编号。"), examples=["261234567890"])
    version: int = Field(description=_("每办理一步加一；办理时带上，别人先办了会得到409。"))
    state: str = Field(description=_("状态代码。"), examples=["handling"])
    state_label: str = Field(alias="get_state_display", examples=["办理中"])
    title: str = Field(examples=["3号楼二层楼道灯不亮"])
    text: str
    category: str | None = Field(None, alias="category.code", description=_("类别代码，见 /categories。"))
    affair_class: str = Field(description=_("major 大事，minor 小事，private 私事；空表示还没有分类。"))
    place_code: str = Field(description=_("区划代码。"), examples=["310104013006"])
    address: str
    is_emergency: bool
    round: int = Field(description=_("办理轮次，重办时加一。"))
    reported_at: datetime
    due_at: datetime | None = Field(description=_("当前时限。"))
    due_is_provisional: bool = Field(description=_("时限是否暂定（来年节假日还没有公布）。"))
    closed_at: datetime | None
    closed_as: str
    source: str = Field(description=_("来件渠道，例如12345。"))
    source_number: str = Field(description=_("来件编号。"))
    source_due_at: datetime | None = Field(description=_("来件时限。"))
    answers: dict[str, str | list[str]] = Field(description=_("对类别问题的回答，以问题的 key 为键。"))


class PageOut(Schema):
    """Some matters, and where the next ones begin."""

    items: list[MatterOut]
    next_cursor: str = Field(description=_("还有下一页时，把它作为 cursor 再请求；空表示到头了。"))
    as_of: datetime = Field(
        description=_(
            "下次增量同步时，把它作为 updated_since。它比现在早一分钟，会有少量重复，按 version 覆盖即可。"
        )
    )
    count: int | None = Field(description=_("共有几条，只在 with_count=true 时给出，最多数到10000。"))


class ActionOut(Schema):
    """What may be done now, and to which assignment, request, question or document."""

    code: str
    label: str
    help: str
    is_primary: bool
    subject_key: str = Field(description=_("针对哪一个派单、申请或问题；空表示事项本身。"))


class StepOut(Schema):
    """One step of the story."""

    verb: str
    label: str
    at: datetime
    who: str
    note: str


class RecordOut(Schema):
    """A matter with its story and the next steps."""

    matter: MatterOut
    actions: list[ActionOut]
    story: list[StepOut]


class EventOut(StepOut):
    """One step of some matter's story."""

    matter: UUID
    number: str
    from_state: str
    to_state: str
    round: int


class EventPageOut(Schema):
    """Steps in the order in which they happened; the cursor may be kept for as long as one likes."""

    items: list[EventOut]
    next_cursor: str = Field(
        description=_("从这里接着读，也可以保存下来以后再用；没有新的时，原来的 cursor 继续有效。")
    )


class QuestionAskedOut(Schema):
    """One question of a category; asked only after the answers ``when_is`` to ``when_key``, where given."""

    key: str
    text: str
    kind: str = Field(description=_("choice 单选，several 多选，text 文字，number 数字，date 日期。"))
    choices: list[str]
    is_required: bool
    when_key: str
    when_is: list[str]


class CategoryOut(Schema):
    """A category that a report may name."""

    code: str
    name: str
    path: str = Field(description=_("从一级到最细一级，用 / 隔开。"))
    parent: str | None = Field(None, alias="parent.code")
    default_class: str
    unit_kind: str
    questions: list[QuestionAskedOut] = Field(description=_("上报这一类时要问的问题。"))


class RateOut(Schema):
    """A share with its two numbers; nothing is divided by nothing."""

    numerator: int
    denominator: int


class FiguresOut(Schema):
    """The figures of an area in a period, by the day of reporting, both days included."""

    area: str
    from_on: date
    to_on: date
    received: int = Field(description=_("收到。"))
    imported: int = Field(description=_("其中导入的。"))
    emergencies: int
    open: int
    overdue: int
    closed: int
    unsorted: int
    by_state: dict[str, int]
    by_class: dict[str, int]
    by_category: dict[str, int]
    on_time: RateOut = Field(description=_("按时办结：分子、分母。"))
    contacted: RateOut = Field(description=_("联系率。"))
    solved: RateOut = Field(description=_("解决率。"))
    satisfied: RateOut = Field(description=_("满意率。"))


# -- what is asked for --------------------------------------------------------
class Listed(QueryInput):
    """What a list is narrowed by."""

    q: str = Field("", max_length=100, description=_("编号或文字，至少两个字。"))
    stage: Stage = Field("", description=_("open 未办结，overdue 超时，closed 已办结，mine 我负责的。"))
    state: AnyState = ""
    category: str = Field("", max_length=60)
    affair_class: Literal["", *AffairClass.values] = ""  # type: ignore[valid-type]
    area: str = Field("", max_length=15, description=_("区划代码：只要这个区划内的。"), examples=["310104"])
    from_on: date | None = Field(None, description=_("上报日期从。"))
    to_on: date | None = Field(None, description=_("上报日期到（含）。"))
    updated_since: datetime | None = Field(
        None,
        description=_("只要这个时刻以后有过变化的，用于增量同步。"),
        examples=["2026-11-27T09:00:00+08:00"],
    )
    order: Literal["-reported", "reported"] = Field(
        "-reported", description=_("上报时间从新到旧，或从旧到新。")
    )
    with_count: bool = False
    limit: Limit = 50
    cursor: Cursor = ""


class Followed(QueryInput):
    """From where the stream of events is read."""

    since: datetime | None = Field(None, description=_("第一次从什么时候读起；有 cursor 时不用。"))
    limit: Limit = 50
    cursor: Cursor = ""


class Counted(QueryInput):
    """Which area and which days."""

    area: str = Field("", max_length=15, description=_("区划代码；空表示全部授权区域。"))
    from_on: date
    to_on: date


# -- what comes in ------------------------------------------------------------
# The questions' keys with their answers: a text, a number, or several texts where several may be chosen.
Said = Annotated[str, Field(max_length=2_000)] | StrictInt | StrictFloat
Answers = Annotated[dict[str, Said | Annotated[list[Said], Field(max_length=50)]], Field(max_length=50)]


class Plain(Input):
    """The version that was read; acts on an assignment, a request or a question need none."""

    version: int | None = None


class Noted(Plain):
    note: str = ""


class Reasoned(Plain):
    reason: str = ""


class Declined(Reasoned):
    where_to_go: str = Field("", description=_("可以去哪里办；与 next_unit 至少填一个。"))
    next_unit: UUID | None = Field(None, description=_("归哪个单位；名称和值班电话会告诉反映人。"))


class Merged(Reasoned):
    target: UUID


class Placed(Plain):
    place: str
    address: str = ""


class Sorted(Reasoned):
    affair_class: str
    category: str | None = None
    answers: Answers | None = Field(None, description=_("类别问题的回答；不填就保留原来的。"))
    about_unit: UUID | None = None
    is_complaint: bool = False


class Confirmed(Plain):
    council_on: date
    minutes: str


class Guided(Reasoned):
    guidance: str
    target_link: str = ""


class Discussed(Plain):
    topic_link: str


class Resolved(Plain):
    resolution: str
    unit: UUID | None = None


class Reported(Noted):
    authority: str


class HandedOver(Reasoned):
    affair_class: str
    unit: UUID
    co_units: list[UUID] = []
    instruction: str = ""


class Rehanded(Reasoned):
    unit: UUID
    is_final: bool = Field(False, description=_("指定单位，不得再退；只由街镇。"))


class Whistled(Plain):
    cause: Literal["concern", "joint", "emergency"] = Field(
        description=_("concern 居民急难、街镇解决不了，joint 联合执法，emergency 应急处置。")
    )
    reason: str = Field(description=_("请各单位来做什么。"))
    units: list[UUID]
    lead: UUID | None = Field(None, description=_("牵头单位；只请一个单位时可不填。"))
    place_words: str = Field(description=_("集合地点。"))
    at: datetime = Field(description=_("集合时间。"))
    online: str = Field("", description=_("线上会议号或网址；填了就可以线上报到。"))


class Verified(Plain):
    is_passed: bool
    finding: str
    is_unverifiable: bool = False
    photos: list[UUID] = []


class Rated(Input):
    was_contacted: bool
    was_solved: bool
    was_satisfied: bool
    reasons: list[str] = Field([], description=_("没办好的原因代码，见 /answers/reasons。"))
    comment: str = ""
    wants_reopen: bool = Field(False, description=_("没解决或不满意时，同时申请重新办理。"))


class Revisited(Input):
    outcome: Literal["reached", "no_answer", "wrong_number", "refused"]
    way: Literal["phone", "in_person"] = "phone"
    was_contacted: bool | None = None
    was_solved: bool | None = None
    was_satisfied: bool | None = None
    reasons: list[str] = Field([], description=_("没办好的原因代码，见 /answers/reasons。"))
    comment: str = ""
    wants_reopen: bool = False


class Because(Input):
    reason: str


class Returned(Because):
    proposal: str = Field("", description=_("归谁办，写几个字；与 proposed_unit 至少填一个。"))
    proposed_unit: UUID | None = Field(None, description=_("归哪个单位办。"))


class SentBack(Plain):
    to: Literal["reported", "accepted", "discussing", "handling"]
    reason: str


class CountersignAsked(Plain):
    units: list[UUID]
    question: str


class Countersigned(Input):
    is_agreed: bool
    opinion: str


class Extended(Because):
    new_due_on: date


class Paused(Because):
    lawful_reason: str
    until_on: date


class Answered(Input):
    result: str
    photos: list[UUID] = []


class Done(Answered):
    done_at: datetime | None = None


class Decided(Input):
    is_granted: bool
    decision: str


class DecidedForUnit(Decided):
    unit: UUID | None = None


class ReturnDecided(DecidedForUnit):
    is_final: bool = False
    is_back: bool = Field(False, description=_("同意退单，退回研判，先不派。"))


class ReopenDecided(DecidedForUnit):
    affair_class: str = ""


class Asked(Input):
    text: str


class Replied(Input):
    answer: str
    photos: list[UUID] = []


class Remark(Input):
    note: str
    photos: list[UUID] = []


class Reminded(Input):
    note: str = ""


class Supervised(Input):
    note: str
    due_on: date | None = None


class Published(Input):
    title: str
    text: str
    public_photos: list[UUID] = Field([], description=_("公开哪些照片；录音和视频不公开。"))
    redactions: dict[str, Redacted] = Field({}, description=_("每张照片要遮挡的地方，以照片的标识为键。"))
    are_photos_checked: bool = Field(False, description=_("有人逐张看过，认不出任何人。"))


class ReportIn(Input):
    """A report: what happened, and where."""

    text: str = Field("", description=_("发生了什么；没有照片时必填。"), examples=["3号楼二层楼道灯不亮"])
    place: str = Field(
        description=_("committee:区划代码、street:区划代码、compound:小区标识，或 point:@经度,纬度。"),
        examples=["committee:310104013006"],
    )
    address: str = Field("", examples=["3号楼二层"])
    happened_at: datetime | None = None
    channel: str = Field("web", description=_("怎么来的；接入的系统上报的一律记为“接口”。"))
    category: str | None = Field(None, description=_("类别代码，见 /matters/categories；不知道就不填。"))
    answers: Answers | None = Field(
        None,
        description=_(
            "类别问题的回答，以问题的 key 为键，问题见 /matters/categories；填了就不能缺必答的。"
            "数字和日期也可以写成文字，多选用数组。"
        ),
        examples=[{"state": "正在施工"}],
    )
    on_behalf: bool = Field(False, description=_("工作人员代人登记。"))
    reporter_name: str = Field("", description=_("反映人怎么称呼。"))
    reporter_phone: str = Field("", description=_("反映人的电话：加密保存，不会出现在任何应答里。"))
    beneficiary_name: str = ""
    beneficiary_relation: str = ""
    is_complaint: bool = Field(False, description=_("投诉人或单位：不公开，也不让被投诉方看到反映人。"))
    photos: list[UUID] = Field([], max_length=9)
    source: str = Field("", description=_("来件渠道，例如12345热线。"), examples=["12345热线"])
    source_number: str = Field("", description=_("来件编号，同一渠道内不重复。"), examples=["SH2026112700"])
    source_due_at: datetime | None = Field(None, description=_("来件时限。"))
