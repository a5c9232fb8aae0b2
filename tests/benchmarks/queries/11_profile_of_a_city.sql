-- Everything latest about one city.
SELECT * FROM marts.city_profile WHERE city_code = '50'
