"""`hub doctor`: is the installation sound, and what is to do where it is not."""
