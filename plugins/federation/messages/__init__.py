"""The words for people, in Thai and English."""
