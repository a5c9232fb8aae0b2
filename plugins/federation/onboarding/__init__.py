"""From sample extracts of a new city to a draft of its contracts: what the samples prove, and
questions for the rest."""

from federation.onboarding.draft import Draft, draft_city
from federation.onboarding.feeds import FeedDraft

__all__ = ["Draft", "FeedDraft", "draft_city"]
