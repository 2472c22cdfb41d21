from .memory_race import MemoryRace as MemoryRace
