"""Values that every part uses. It imports nothing of ours."""

from __future__ import annotations

from boundaries.vocabulary.answers import TELL_EACH_OTHER as TELL_EACH_OTHER
from boundaries.vocabulary.answers import Answer as Answer
from boundaries.vocabulary.answers import Aside as Aside
from boundaries.vocabulary.answers import Condition as Condition
from boundaries.vocabulary.answers import Grade as Grade
from boundaries.vocabulary.answers import Stance as Stance
from boundaries.vocabulary.answers import Weight as Weight
from boundaries.vocabulary.answers import clauses as clauses
from boundaries.vocabulary.feelings import FEELINGS as FEELINGS
from boundaries.vocabulary.feelings import Feeling as Feeling
from boundaries.vocabulary.feelings import Need as Need
from boundaries.vocabulary.people import Side as Side
from boundaries.vocabulary.repairs import RepairMove as RepairMove
from boundaries.vocabulary.repairs import RepairStep as RepairStep
from boundaries.vocabulary.talks import Mode as Mode
from boundaries.vocabulary.talks import Move as Move
from boundaries.vocabulary.talks import Origin as Origin
from boundaries.vocabulary.talks import Outcome as Outcome
from boundaries.vocabulary.talks import Step as Step
from boundaries.vocabulary.times import Closeness as Closeness
from boundaries.vocabulary.times import Frequency as Frequency
from boundaries.vocabulary.times import ReminderKind as ReminderKind
