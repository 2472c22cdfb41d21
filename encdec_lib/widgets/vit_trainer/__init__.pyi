from .vit_trainer import ViTTrainer as ViTTrainer
