"""Charts in Thai and English: each lays itself out as marks, which become SVG for pages and PNG
for mails.

SVG is written here and its text is shaped by the browser; PNG is drawn by matplotlib, with a font
that the package carries.
"""
