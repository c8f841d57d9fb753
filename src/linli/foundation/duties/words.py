"""What people are told about their duties."""

from .rungs import Rung

DESK = "/desk/"


ONE = {
    Rung.REMINDED: "请留意时限：%(action)s %(number)s",
    Rung.AMBER: "即将到期：%(action)s %(number)s",
    Rung.RED: "已超过时限：%(action)s %(number)s",
    Rung.HANDED: "超时未办，已上交上一级：%(action)s %(number)s",
    Rung.SUPERVISED: "被督办：%(action)s %(number)s",
}
MANY = {
    Rung.REMINDED: "有%(n)d件待办请留意时限",
    Rung.AMBER: "有%(n)d件待办即将到期",
    Rung.RED: "有%(n)d件待办已超过时限",
    Rung.HANDED: "有%(n)d件待办超时未办，已上交上一级",
    Rung.SUPERVISED: "有%(n)d件待办被督办",
}
UP_ONE, UP_MANY = "下级超时，上交本级：%(action)s %(number)s", "有%(n)d件下级超时的待办上交本级"
KINDS = {
    Rung.REMINDED: "duty.remind",
    Rung.AMBER: "duty.remind",
    Rung.RED: "duty.overdue",
    Rung.HANDED: "duty.hand_up",
    Rung.SUPERVISED: "duty.supervise",
}


def climb_words(
    action: str, number: str, url: str, *, count: int, rung: Rung, is_taker: bool
) -> tuple[str, str]:
    """Return the message and the page for duties that climbed a rung, of which one is named.

    ``is_taker``: for those to whom they were handed up.
    """
    if count == 1:
        words = UP_ONE if is_taker and rung == Rung.HANDED else ONE[rung]
        return words % {"action": action, "number": number}, url
    words = UP_MANY if is_taker and rung == Rung.HANDED else MANY[rung]
    return words % {"n": count}, f"{DESK}?due={_list_of(rung, is_taker)}"


def _list_of(rung: Rung, is_taker: bool) -> str:
    if rung < Rung.RED:
        return "all"
    return "overdue" if rung == Rung.RED or is_taker else "handed"
