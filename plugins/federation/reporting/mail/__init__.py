"""The mails of a release: who hears what, when, and how it is sent."""
