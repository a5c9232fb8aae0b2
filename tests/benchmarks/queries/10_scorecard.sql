-- The scorecard of the latest year.
SELECT *
FROM marts.city_scorecard
WHERE year = (SELECT max(year) FROM marts.city_scorecard)
ORDER BY mean_rank
