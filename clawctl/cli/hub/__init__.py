"""Models that are to be had from a hub: what one consists of, and fetching it."""
