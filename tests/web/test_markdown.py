"""What people write as Markdown reads the same, whichever way it was rendered."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from hardwon_api.web import telling

WRITTEN = st.one_of(
    st.text(max_size=60), st.text(alphabet="aB9 .,;:'!?-+#=~|$%^@/(){}*_`[]<>&\\\"\n\té漢", max_size=30)
)


@settings(deadline=None)
@given(text=WRITTEN)
@example("A line.")
@example("A line ")
@example("a. No list")
@example("1. A list")
@example("It's <b>bold</b> & *so*.")
def test_a_plain_line_reads_as_the_library_renders_it(text: str) -> None:
    """Most lines hold nothing to render and take a short way; what comes out is the library's, letter by letter."""
    assert telling.markdown(text) == Markup(telling._MARKDOWN.render(text))  # noqa: S704 - compared, not shown


def test_most_lines_take_the_short_way() -> None:
    """The control: there is one, and what has a meaning in Markdown does not take it."""
    plain = telling._PLAIN.fullmatch
    assert plain("Ask the supplier for dates, before anything is built: it's late otherwise (always).")
    assert not any(map(plain, ["*so*", "a *b*", "# head", "- item", "1. item", "<b>", "a\nb", "a & b", "\\", " a", ""]))
