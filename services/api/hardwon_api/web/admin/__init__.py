"""Admin: who belongs to the organisation, what speaks for it, and how Hardwon is."""

from hardwon_api.web.admin import health, members, ranker, teams, tokens
from hardwon_api.web.admin.frame import pages

__all__ = ["health", "members", "pages", "ranker", "teams", "tokens"]
