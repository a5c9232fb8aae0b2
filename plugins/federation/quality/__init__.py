"""How good the data are and what is wrong: scores, problems, incidents, and who hears of them."""
