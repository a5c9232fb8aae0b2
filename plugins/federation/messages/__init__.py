"""What people are told, in Thai and English."""
