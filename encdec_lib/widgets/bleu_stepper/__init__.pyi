from .bleu_stepper import BleuStepper as BleuStepper
