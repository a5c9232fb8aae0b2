"""Charts as SVG for pages and PNG for mails, in Thai and English, by matplotlib with a font that the package carries."""
