"""What the pages of the administration share."""

from flask_babel import lazy_gettext as _

from hardwon_api.web.happenings import word
from hardwon_api.web.pages import blueprint

pages = blueprint("admin")
PLACES = (
    ("web_admin.members", _("Members")),
    ("web_admin.teams", _("Teams")),
    ("web_admin.tokens", _("Tokens")),
    ("web_admin.health", _("Health")),
    ("web_admin.ranker", _("Ranker")),
)


@pages.app_context_processor
def _places() -> dict[str, object]:
    return {"admin_places": PLACES, "role_word": word}
