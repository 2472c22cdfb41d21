from .word_arcs import WordArcs as WordArcs
