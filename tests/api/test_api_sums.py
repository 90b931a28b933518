"""What is added up once is kept while nothing has moved, and made anew as soon as something has."""

from uuid import UUID

from hardwon.ids import new_id
from hardwon_api.sums import Sums


def counted(sums: Sums, organisation_id: UUID, state: object, made: list[object]) -> object:
    def make() -> object:
        made.append(state)
        return f"{organisation_id} {state}"

    return sums.of((organisation_id, "learning"), state, make)


def test_a_sum_is_made_once_a_state() -> None:
    """Asked twice in one state, a sum is made once; in another state anew, and never is an older one given."""
    sums, made, ours = Sums(), list[object](), new_id()
    answers = [counted(sums, ours, state, made) for state in (1, 1, 2, 2, 1)]
    assert answers == [f"{ours} {state}" for state in (1, 1, 2, 2, 1)]
    assert made == [1, 2, 1]


def test_a_sum_belongs_to_its_organisation() -> None:
    """Two organisations in equal states have sums of their own."""
    sums, made, ours, theirs = Sums(), list[object](), new_id(), new_id()
    assert counted(sums, ours, 1, made) != counted(sums, theirs, 1, made)
    assert len(made) == 2
