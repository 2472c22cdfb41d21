from .digit_reader import DigitReader as DigitReader
