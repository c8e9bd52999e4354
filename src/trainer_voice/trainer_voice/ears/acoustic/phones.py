"""The sounds that the network knows, for English and Italian, and IPA folded into them."""

import unicodedata

SILENCE = 'sil'
# What differs by length or by the speaker only is one; vowels with an r behind are two.
_IPA = {
    'i': 'i', 'ɪ': 'I', 'e': 'e', 'ɛ': 'E', 'æ': 'ae', 'a': 'a', 'ɑ': 'A', 'ɔ': 'O', 'ɒ': 'A',
    'o': 'o', 'ʊ': 'U', 'u': 'u', 'ʉ': 'u', 'y': 'u', 'ø': 'e', 'œ': 'E', 'ɨ': 'I', 'ɵ': 'U',
    'ʌ': 'V', 'ɐ': 'V', 'ə': 'V', 'ᵻ': 'I', 'ɜ': 'er', 'ɝ': 'er', 'ɚ': 'er',
    'eɪ': 'ei', 'ei': 'ei', 'ɛɪ': 'ei', 'aɪ': 'ai', 'ɑɪ': 'ai', 'aʊ': 'au', 'æʊ': 'au',
    'ʌʉ': 'au', 'oʊ': 'ou', 'əʊ': 'ou', 'ʌʊ': 'ou', 'ɔɪ': 'oi', 'oɪ': 'oi', 'əɹ': 'er',
    'p': 'p', 'b': 'b', 't': 't', 'd': 'd', 'k': 'k', 'ɡ': 'g', 'g': 'g', 'f': 'f', 'v': 'v',
    'θ': 'th', 'ð': 'dh', 's': 's', 'z': 'z', 'ʃ': 'sh', 'ʒ': 'zh', 'tʃ': 'ch', 'dʒ': 'j',
    'ts': 'ts', 'dz': 'dz', 'h': 'h', 'x': 'h', 'm': 'm', 'n': 'n', 'ŋ': 'ng', 'ɲ': 'ny',
    'ɫ': 'l', 'l': 'l', 'ʎ': 'ly', 'r': 'r', 'ɹ': 'r', 'ɾ': 'd', 'ʁ': 'r', 'j': 'y', 'w': 'w',
    'ʍ': 'w', 'ɱ': 'm', 'ç': 'h', 'β': 'b', 'ɣ': 'g', 'ʔ': ''}
PHONES = (SILENCE, *sorted(set(_IPA.values()) - {''}))
INDEX = {phone: i for i, phone in enumerate(PHONES)}
# What the network tells apart: silence, then the first and the second half of every other phone.
STATES = 2 * len(PHONES) - 1
_LONGEST = max(map(len, _IPA))


def fold(ipa: str) -> list[str]:
    """IPA, as espeak-ng writes it, to phones of ours; stress, length and marks are left out.

    What _ keeps apart stays so: t_s are two, ts is one.

    >>> fold('stˈɑːp'), fold('ɡˈəʊ'), fold('l_ˈɛ_t_s')
    (['s', 't', 'A', 'p'], ['g', 'ou'], ['l', 'E', 't', 's'])
    """
    return [phone for part in ipa.split('_') for phone in _folded(part)]


def _folded(ipa: str) -> list[str]:
    letters = ''.join(
        c for c in unicodedata.normalize('NFD', ipa)
        if not unicodedata.combining(c) and c not in 'ˈˌːʲ̯ʰ‍|-')
    found: list[str] = []
    at = 0
    while at < len(letters):
        for size in range(_LONGEST, 0, -1):
            phone = _IPA.get(letters[at:at + size])
            if phone is not None:
                found += [phone] if phone else []
                at += size
                break
        else:
            at += 1
    return found
