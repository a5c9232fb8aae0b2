"""From sample extracts of a new city to a draft of its contracts, with questions for what the
samples do not prove."""

from federation.onboarding.draft import Draft, draft_city
from federation.onboarding.feeds import FeedDraft

__all__ = ["Draft", "FeedDraft", "draft_city"]
