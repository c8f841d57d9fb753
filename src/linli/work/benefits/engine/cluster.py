"""The same expressions on a Spark cluster, where one machine is outgrown.

What ``cluster`` of the package's extras brings is needed, and a folder that the cluster and Linli both see
under the same path.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import ibis
from django.utils.translation import gettext as _

from linli.core.errors import Conflict

CONNECT = "sc://"


class ClusterMissing(Conflict):
    """There is no cluster to be reached, or nothing to reach it with."""

    code = "cluster.missing"


class Cluster:
    """A Spark cluster, by its address: ``sc://`` of Spark Connect, or what ``spark-submit`` takes as master.

    Raises ``ClusterMissing``.
    """

    def __init__(self, address: str) -> None:
        try:
            self._session = _session(address)
            self._backend = ibis.pyspark.connect(self._session)
        except ImportError as error:
            hint = _('请安装：pip install "linli[cluster]"。')
            raise ClusterMissing(_("没有安装连接 Spark 集群的程序。"), hint=hint) from error
        except Exception as error:
            hint = _("请检查 LINLI_SPARK 和集群；取消这项设置，就在本机匹配。")
            raise ClusterMissing(_("连不上 Spark 集群。"), hint=hint) from error

    def people(self, path: Path) -> Any:
        """Return the rows of a Parquet file."""
        self._session.read.parquet(str(path)).createOrReplaceTempView("people")
        return self._backend.table("people")

    def compile(self, said: Any) -> str:
        """Return an expression as a statement."""
        return str(self._backend.compile(said))

    def close(self) -> None:
        """Let the cluster go."""
        self._session.stop()

    def write(self, sql: str, path: Path) -> None:
        """Write what a statement gives to one Parquet file."""
        unfinished = path.with_name(f"{path.name}.cluster")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._session.sql(sql).coalesce(1).write.parquet(str(unfinished))
        [whole] = unfinished.glob("part-*.parquet")
        whole.chmod(0o600)
        whole.replace(path)
        shutil.rmtree(unfinished)


def _session(address: str) -> Any:
    from pyspark.sql import SparkSession

    named = SparkSession.builder.appName("linli").config("spark.sql.session.timeZone", "Asia/Shanghai")
    if address.startswith(CONNECT):
        return named.remote(address).getOrCreate()
    return named.master(address).config("spark.ui.enabled", "false").getOrCreate()
