"""The phone's side of the doctor: each module a group of checks, `handset` what they look at."""
