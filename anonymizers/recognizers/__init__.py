"""Presidio EntityRecognizers, one a file; importing one imports Presidio (3 to 6 s), anonymizers.exact does not."""
