"""Every read of the matters room that is more than a lookup."""

from .figures import AreaFigures, Figures, figures, figures_by_area
from .found import MOST_COUNTED, Counted, MatterList
from .lists import (
    MatterFilters,
    intake_today,
    matter_get,
    matter_list,
    matter_of_source,
    matters_of,
    place_words,
    public_list,
    public_of,
)
from .offers import Action, actions_for
from .phrases import BuiltInPhrase, PhraseOffer, phrase_get, phrase_list, phrases_built_in, phrases_for
from .reporters import reporters_of
from .stories import (
    JourneyStep,
    StoryStep,
    event_stream,
    files_readable,
    journey,
    story_list,
    story_steps,
)
from .suggestions import (
    AffairGroup,
    AffairRow,
    affairs_list,
    category_list,
    category_suggest,
    duplicates_near,
    emergency,
    emergency_words,
    promise_for,
    units_for,
)

__all__ = [
    "MOST_COUNTED",
    "Action",
    "AffairGroup",
    "AffairRow",
    "AreaFigures",
    "BuiltInPhrase",
    "Counted",
    "Figures",
    "JourneyStep",
    "MatterFilters",
    "MatterList",
    "PhraseOffer",
    "StoryStep",
    "actions_for",
    "affairs_list",
    "category_list",
    "category_suggest",
    "duplicates_near",
    "emergency",
    "emergency_words",
    "event_stream",
    "figures",
    "figures_by_area",
    "files_readable",
    "intake_today",
    "journey",
    "matter_get",
    "matter_list",
    "matter_of_source",
    "matters_of",
    "phrase_get",
    "phrase_list",
    "phrases_built_in",
    "phrases_for",
    "place_words",
    "promise_for",
    "public_list",
    "public_of",
    "reporters_of",
    "story_list",
    "story_steps",
    "units_for",
]
