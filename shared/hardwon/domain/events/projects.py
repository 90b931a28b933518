"""What happens to a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hardwon.domain.values import Profile


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    project_id: UUID
    profile: Profile


@dataclass(frozen=True, slots=True)
class ProjectProfileChanged:
    project_id: UUID
    changes: Mapping[str, Any]
    """Profile field -> its new value; fields left out stay as they were."""


ProjectEvent = ProjectRegistered | ProjectProfileChanged
