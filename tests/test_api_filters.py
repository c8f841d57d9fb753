"""What a list's page can be narrowed by, its JSON can too."""

import pytest
from django import forms

from linli.foundation.clients.shapes import QueryInput
from linli.work.deliberation.assessments import api as assessments
from linli.work.deliberation.assessments.forms import FilterForm as AssessmentFilterForm
from linli.work.deliberation.ballots import api as ballots
from linli.work.deliberation.ballots.forms import BallotFilterForm
from linli.work.deliberation.bodies import api as bodies
from linli.work.deliberation.bodies.forms import BodyFilterForm
from linli.work.deliberation.elections import api as elections
from linli.work.deliberation.elections.forms import FilterForm as ElectionFilterForm
from linli.work.deliberation.elections.forms import RecallFilterForm
from linli.work.deliberation.meetings import api as meetings
from linli.work.deliberation.meetings.forms import MeetingFilterForm
from linli.work.deliberation.resolutions import api as resolutions
from linli.work.deliberation.resolutions.forms import ResolutionFilterForm
from linli.work.matters.whistles import api as whistles
from linli.work.matters.whistles.forms import WhistleFilterForm

PAIRS = [
    (AssessmentFilterForm, assessments.AssessmentsListed),
    (BallotFilterForm, ballots.Listed),
    (BodyFilterForm, bodies.BodiesListed),
    (ElectionFilterForm, elections.ElectionsListed),
    (RecallFilterForm, elections.RecallsListed),
    (MeetingFilterForm, meetings.MeetingsListed),
    (ResolutionFilterForm, resolutions.ResolutionsListed),
    (WhistleFilterForm, whistles.Listed),
]
OF_PAGES = {"sort"}  # machines walk in the one order of the cursor


@pytest.mark.parametrize(("form", "listed"), PAIRS, ids=[listed.__name__ for _form, listed in PAIRS])
def test_json_is_narrowed_like_the_page(form: type[forms.Form], listed: type[QueryInput]) -> None:
    assert set(form.base_fields) - OF_PAGES <= set(listed.model_fields)
