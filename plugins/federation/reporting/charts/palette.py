"""Colours that colour-blind readers tell apart (Okabe and Ito, 2008).

None is the only sign of what it means.
"""

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
RED = "#D55E00"
DARK_RED = "#B34700"  # of texts: RED has 3.9 to 1 on white, this 5.6 to 1
SKY = "#56B4E9"
PURPLE = "#CC79A7"
INK = "#1f2328"
SOFT = "#59636e"  # contrast 6 to 1 on white
LINE = "#d0d7de"
FAINT = "#eef1f4"
WHITE = "#ffffff"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY)
