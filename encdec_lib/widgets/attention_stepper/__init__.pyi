from .attention_stepper import AttentionStepper as AttentionStepper
