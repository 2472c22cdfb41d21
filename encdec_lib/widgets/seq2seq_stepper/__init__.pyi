from .seq2seq_stepper import Seq2SeqStepper as Seq2SeqStepper
