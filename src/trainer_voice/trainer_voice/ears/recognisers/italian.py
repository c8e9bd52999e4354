"""Italian spelling to the phones of the English acoustic model: there is none for Italian.

Italian is written nearly as it is spoken, so that some rules are enough; English lacks the pure
vowels and the rolled r, for which the nearest phone stands. After the usual tables of Italian
orthography, for instance L. Canepari, Italian Pronunciation & Accents (2018).
"""

_VOWELS = {'a': 'AA', 'e': 'EH', 'i': 'IY', 'o': 'AO', 'u': 'UW'}
_PLAIN = {
    'b': 'B', 'd': 'D', 'f': 'F', 'l': 'L', 'm': 'M', 'n': 'N', 'p': 'P', 'q': 'K', 'r': 'R',
    't': 'T', 'v': 'V', 'j': 'Y', 'k': 'K', 'w': 'W', 'x': 'K S', 'y': 'IY'}
_ACCENTS = str.maketrans('àèéìíòóùú', 'aeeiioouu')
# Before what has more than one letter; the first that fits.
_GROUPS = (
    ('sci', 'SH', 'aou'), ('cci', 'CH', 'aou'), ('ggi', 'JH', 'aou'), ('gli', 'L Y', 'aeou'),
    ('gli', 'L Y IY', ''), ('cch', 'K', ''), ('ggh', 'G', ''), ('gn', 'N Y', ''),
    ('sc', 'SH', 'ei'), ('cc', 'CH', 'ei'), ('gg', 'JH', 'ei'), ('ci', 'CH', 'aou'),
    ('gi', 'JH', 'aou'), ('ch', 'K', ''), ('gh', 'G', ''), ('cc', 'K', ''), ('gg', 'G', ''),
    ('c', 'CH', 'ei'), ('g', 'JH', 'ei'), ('c', 'K', ''), ('g', 'G', ''), ('qu', 'K W', ''),
    ('zz', 'T S', ''), ('z', 'T S', ''), ('ss', 'S', ''))


def phones(word: str) -> str:
    """The phones of an Italian word.

    >>> phones('ripeti'), phones('piegamenti'), phones('basta')
    ('R IY P EH T IY', 'P Y EH G AA M EH N T IY', 'B AA S T AA')
    """
    plain = word.lower().translate(_ACCENTS)
    plain = ''.join(c for c in plain if c.isalpha())
    found: list[str] = []
    at = 0
    while at < len(plain):
        for group, sound, before in _GROUPS:
            after = plain[at + len(group):at + len(group) + 1]
            if plain.startswith(group, at) and (not before or (after and after in before)):
                found.append(sound)
                at += len(group)
                break
        else:
            found += _single(plain, at)
            at += 1
    return ' '.join(found)


def _single(word: str, at: int) -> list[str]:
    letter, after = word[at], word[at + 1:at + 2]
    if letter in _VOWELS:
        if letter in 'iu' and after and after in 'aeou' and after != letter and at + 2 < len(word):
            return ['Y' if letter == 'i' else 'W']
        return [_VOWELS[letter]]
    if letter == after or letter == 'h':  # a double is one, longer
        return []
    if letter == 's':
        between = at > 0 and word[at - 1] in _VOWELS and after and after in _VOWELS
        return ['Z' if between else 'S']
    return [_PLAIN[letter]] if letter in _PLAIN else []
