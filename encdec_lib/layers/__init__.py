"""Layers that two or more systems use."""
