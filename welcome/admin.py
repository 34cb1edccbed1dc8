from welcome.letters.admin import LetterRunAdmin

__all__ = ["LetterRunAdmin"]
