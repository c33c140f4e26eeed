"""The word lists. Places, organisations and persons are invented; nothing here is taken from a corpus."""
