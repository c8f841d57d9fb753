"""The JSON interface: every room's router under one address, two ways in, one form of refusal."""

from typing import Any, ClassVar

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from linli.doors.webhooks.api import router as webhooks
from linli.foundation.clients.bearer import let_in
from linli.foundation.exports.api import router as exports
from linli.foundation.imports.api import router as imports
from linli.registers.residents.api import router as residents
from linli.work.benefits.authoring.api import router as benefits
from linli.work.benefits.outreach.api import router as outreach
from linli.work.benefits.running.api import router as benefit_runs
from linli.work.deliberation.assessments.api import router as assessments
from linli.work.deliberation.ballots.api import router as ballots
from linli.work.deliberation.bodies.api import router as bodies
from linli.work.deliberation.elections.api import router as elections
from linli.work.deliberation.meetings.api import router as meetings
from linli.work.deliberation.resolutions.api import router as resolutions
from linli.work.deliberation.secret.api import router as secret
from linli.work.matters.api import router as matters
from linli.work.matters.api import uploads as files
from linli.work.matters.clusters.api import router as clusters
from linli.work.matters.routing.api import router as routing
from linli.work.matters.whistles.api import router as whistles

from . import faults
from .document import completed
from .own import router as own
from .places import router as places
from .search import router as search


class Interface(NinjaAPI):
    """The interface, whose description is completed with what holds for every address."""

    _documents: ClassVar[dict[str, OpenAPISchema]] = {}

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI document in the reader's language, made once a process."""
        language = get_language() or ""
        if language not in self._documents:
            self._documents[language] = completed(super().get_openapi_schema(**options))
        return self._documents[language]


api = Interface(
    title="邻里 Linli",
    version="1",
    description=_("与页面用同一套规则：看得到什么、能办什么、办错了怎么说，都和工作台一样。"),
    urls_namespace="portal:api",
    auth=let_in(),
    docs_url=None,
)
api.add_router("/matters", matters)
api.add_router("/council/meetings", meetings)
api.add_router("/council/resolutions", resolutions)
api.add_router("/routing", routing)
api.add_router("/benefits", benefits)
api.add_router("/benefits", outreach)
api.add_router("/benefits", benefit_runs)
api.add_router("/whistles", whistles)
api.add_router("", clusters)
api.add_router("/council/bodies", bodies)
api.add_router("/council/assessments", assessments)
api.add_router("/council", elections)
api.add_router("/council", secret)
api.add_router("/webhooks", webhooks)
api.add_router("/files", files)
api.add_router("/exports", exports)
api.add_router("/places", places)
api.add_router("/residents", residents)
api.add_router("/council", ballots)
api.add_router("/imports", imports)
api.add_router("", own)
api.add_router("", search)
faults.answer_all(api)
