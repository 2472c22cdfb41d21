"""The course's models side by side with PyTorch eager: ``make bench``."""
