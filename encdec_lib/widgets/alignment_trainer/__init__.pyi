from .alignment_trainer import AlignmentTrainer as AlignmentTrainer
