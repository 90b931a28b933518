"""Every read model, in the order in which a worker advances them."""

from hardwon.projections import (
    learning,
    lessons,
    members,
    points,
    projects,
    recommendations,
    recurrences,
    retrospectives,
)
from hardwon.projections.following import Projection

PROJECTIONS: tuple[Projection, ...] = (
    projects.PROJECTION,
    lessons.PROJECTION,
    points.PROJECTION,
    recommendations.PROJECTION,
    recurrences.PROJECTION,
    learning.PROJECTION,
    members.PROJECTION,
    retrospectives.PROJECTION,
)
