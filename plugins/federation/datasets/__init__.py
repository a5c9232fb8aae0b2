"""What a dataset is for the nation: its suite, its tables in the warehouse and their
descriptions."""
