from .seq2seq_trainer import Seq2SeqTrainer as Seq2SeqTrainer
