"""From a platform to landing: what is new is downloaded, hashed and recorded."""
