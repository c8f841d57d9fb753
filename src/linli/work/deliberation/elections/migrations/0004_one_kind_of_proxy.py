"""Proxies of elections become proxies of the rounds' ballots, where roll, paper and bundle read them.

A proxy was given for an election. It goes to each round on whose roll the giver stands. Rounds that were
counted already keep theirs as ended at the count, so that what was published of them stays as it was.
"""

import sys
from typing import Any

from django.db import migrations

COUNTED = ("counted", "settled")
ENDED = "选举的委托并入各轮表决以前登记"
LOST = "\n  选举 {number}：委托「{document}」没有名册可登记，公告投票后请按委托书重新登记。"


def carry(apps: Any, schema_editor: Any) -> None:
    """Write each proxy down again at the rounds of its election."""
    old = apps.get_model("elections", "Proxy").objects.select_related("election").order_by("pk")
    rounds = apps.get_model("elections", "Round").objects.select_related("ballot")
    for proxy in old:
        carried = [_carried(apps, proxy, row.ballot) for row in rounds.filter(election=proxy.election_id)]
        if not any(carried) and proxy.ended_at is None:
            sys.stdout.write(LOST.format(number=proxy.election.number, document=proxy.document))


def _carried(apps: Any, proxy: Any, ballot: Any) -> bool:
    rows = apps.get_model("ballots", "Elector").objects.filter(ballot=ballot)
    holder = rows.filter(resident=proxy.holder_id).order_by("number").first()
    ended_at = proxy.ended_at or (ballot.counted_at if ballot.state in COUNTED else None)
    givers = list(rows.filter(resident=proxy.giver_id, state__in=("in", "added")))
    for giver in givers:
        apps.get_model("ballots", "Proxy").objects.create(
            ballot=ballot,
            giver=giver,
            holder_id=proxy.holder_id,
            label=holder.label if holder else "（姓名未登记）",
            how="brought",
            document=proxy.document,
            given_at=proxy.given_at,
            taken_by_id=proxy.taken_by_id,
            ended_at=ended_at,
            ended_reason=ENDED if ended_at else "",
        )
    return bool(givers)


class Migration(migrations.Migration):

    dependencies = [
        ('ballots', '0006_proxy_taken_by'),
        ('elections', '0003_near_relatives'),
    ]

    operations = [
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.DeleteModel(name='Proxy'),
    ]
