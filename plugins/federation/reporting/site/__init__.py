"""The site of a release: how good the data are (nation, city, feed, expectation), with the
catalogue as its part."""
