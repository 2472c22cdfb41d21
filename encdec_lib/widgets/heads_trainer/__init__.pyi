from .heads_trainer import HeadsTrainer as HeadsTrainer
