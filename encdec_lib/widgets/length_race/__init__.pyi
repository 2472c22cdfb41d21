from .length_race import LengthRace as LengthRace
