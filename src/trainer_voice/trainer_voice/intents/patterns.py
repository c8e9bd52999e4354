"""Phrases as written in the files of this folder, in a small part of JSGF: text to alternatives."""

import re

from trainer_core.errors import UserError

SLOTS = ('<number>', '<name>')
_TOKEN = re.compile(r'\[|\]|\(|\)|\||<\w+>|[^\s\[\]()|<>]+')


def expand(phrase: str) -> list[tuple[str, ...]]:
    """Every sentence a phrase stands for, as tuples of words and slots; slots are kept.

    >>> expand('skip [this | the] (set | rest)')[:2]
    [('skip', 'set'), ('skip', 'rest')]

    Raises UserError for brackets that do not match and unknown slots.
    """
    tokens = _TOKEN.findall(phrase)
    wrong = [t for t in tokens if t.startswith('<') and t not in SLOTS]
    if wrong:
        raise UserError(f'phrase {phrase!r}: there is no {wrong[0]}; give one of {SLOTS}')
    found, rest = _alternatives(tokens, phrase)
    if rest:
        raise UserError(f'phrase {phrase!r}: {rest[0]} has no beginning')
    return list(dict.fromkeys(tuple(words) for words in found if words))


def _alternatives(tokens: list[str], phrase: str) -> tuple[list[list[str]], list[str]]:
    """Up to the closing bracket or the end: what may stand here, and the tokens left."""
    every: list[list[str]] = []
    line: list[list[str]] = [[]]
    while tokens and tokens[0] not in (']', ')'):
        token, tokens = tokens[0], tokens[1:]
        if token == '|':
            every += line
            line = [[]]
            continue
        if token in ('[', '('):
            inner, tokens = _alternatives(tokens, phrase)
            closing = ']' if token == '[' else ')'
            if not tokens or tokens[0] != closing:
                raise UserError(f'phrase {phrase!r}: {token} is not closed')
            tokens = tokens[1:]
            choices = [[], *inner] if token == '[' else inner
        else:
            choices = [[token]]
        line = [before + choice for before in line for choice in choices]
    return every + line, tokens
