from .score_race import ScoreRace as ScoreRace
