"""One file a system, named as its chapter."""
