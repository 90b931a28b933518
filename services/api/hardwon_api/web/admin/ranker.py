"""The ranker: every version that feedback taught, and which one speaks."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hardwon import handlers
from hardwon.domain.commands import SwitchRanker
from hardwon.domain.ranker import DEFAULT
from hardwon_api.context import command_request, deps, organisation, recorded
from hardwon_api.documenting import needs
from hardwon_api.web.admin.frame import pages
from hardwon_api.web.translating import gettext as _

_LONGEST_REASON = 1_000


@pages.get("/admin/ranker")
@needs("administer")
def ranker() -> str:
    return _shown()


@pages.post("/admin/ranker")
@needs("administer")
def switch() -> Response | tuple[str, int]:
    """Let another version speak; the reason is kept in the log."""
    version = request.form.get("version", -1, type=int)
    reason = request.form.get("reason", "").replace("\x00", "").strip()[:_LONGEST_REASON]
    if not reason:
        return _shown({"reason": _("Please fill this in.")}), 422
    stored = handlers.change_ranker(deps().log, organisation(), SwitchRanker(version, reason), command_request())
    if stored:
        recorded(stored.position)
    return redirect(url_for("web_admin.ranker"))


def _shown(wrong: dict[str, str] | None = None) -> str:
    known = handlers.current_ranker(deps().log, organisation())
    versions = sorted(known.versions.items(), reverse=True)
    return render_template(
        "admin/ranker.html", versions=versions, active=known.active, default=DEFAULT, wrong=wrong or {}
    )
