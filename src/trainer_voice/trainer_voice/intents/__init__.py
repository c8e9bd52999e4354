"""What a trainee may say: phrase files per language, understood and made into grammars.

`Intents` is all that others need; the recognisers, the keyboard and the dialogue share it.
"""

from trainer_voice.intents.understanding import INTENTS, Intents, Understood

__all__ = ['INTENTS', 'Intents', 'Understood']
