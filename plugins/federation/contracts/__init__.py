"""What each feed promises: ODCS files parsed into typed records, refused with file, key and
reason."""
