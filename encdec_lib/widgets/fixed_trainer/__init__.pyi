from .fixed_trainer import FixedTrainer as FixedTrainer
