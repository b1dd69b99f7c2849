"""What a triage costs, against peers that do the same or a part of it; run `make bench`."""
