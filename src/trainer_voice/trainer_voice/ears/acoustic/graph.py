"""Phrases as a graph of phones, and the way through it that fits best what was heard.

Viterbi's algorithm (L. Rabiner, A tutorial on hidden Markov models, Proc. IEEE 77, 1989) over all
phones of all phrases at once, as arrays: a phone has two halves, each lasts one frame or more; a
junction, where words meet, may be silent for a while.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer_voice.dialogue.events import State
from trainer_voice.ears.acoustic.lexicon import Lexicon
from trainer_voice.ears.acoustic.phones import INDEX, PHONES
from trainer_voice.intents import Intents
from trainer_voice.intents.patterns import expand
from trainer_voice.intents.understanding import QUESTIONS
from trainer_voice.intents.words import plain

_NEVER = -1e9
_HURRIED = -1.0  # a phone whose second half is missing


@dataclass(frozen=True)
class Path:
    """A way through a graph: its logarithm of probability, its words, and where they are."""

    score: float
    words: tuple[str, ...] = ()
    frames: int = 0  # of speech


class Graph:
    """Made once by add and feed, then asked for the best paths."""

    START = 0

    def __init__(self, lexicon: Lexicon):
        self._lexicon = lexicon
        self.unknown: set[str] = set()
        self._phone: list[int] = []
        self._before: list[int] = []      # node, or -1 - junction
        self._cost: list[float] = []      # of entering
        self._word: list[str] = []        # at the last phone of a word, else ''
        self._junctions = 1
        self._ends: dict[int, set[int]] = {}  # junction: the nodes that lead to it
        self._walked: dict[tuple[int, str], tuple[list[int], int]] = {}
        self._made: tuple[np.ndarray, ...] | None = None

    def __len__(self) -> int:
        return len(self._phone)

    def junction(self) -> int:
        self._junctions += 1
        return self._junctions - 1

    def spoken(self, junction: int, word: str, ways: Iterable[Sequence[str]], cost: float = 0.0,
               ) -> list[int]:
        """A word that may be said from a junction on; returns its last nodes."""
        last = []
        for way in ways:
            before = -1 - junction
            for phone in way:
                self._phone.append(INDEX[phone])
                self._before.append(before)
                self._cost.append(-cost if before < 0 else 0.0)
                self._word.append('')
                before = len(self._phone) - 1
            if before >= 0:
                self._word[before] = word
                last.append(before)
        return last

    def feed(self, nodes: Iterable[int], junction: int) -> None:
        """After these nodes the junction is reached."""
        self._ends.setdefault(junction, set()).update(nodes)

    def walk(self, junction: int, words: Sequence[str]) -> list[int]:
        """The last nodes of the words from a junction on; [] where one cannot be spoken."""
        nodes: list[int] = []
        for i, word in enumerate(words):
            if i:
                previous = self._walked[junction, words[i - 1]]
                self.feed(nodes, previous[1])
                junction = previous[1]
            if (junction, word) not in self._walked:
                ways = self._lexicon.ways(word)
                if not ways:
                    self.unknown.add(word)
                    return []
                self._walked[junction, word] = (
                    self.spoken(junction, word, ways), self.junction())
            nodes = self._walked[junction, word][0]
        return nodes

    # Search.

    def paths(self, heard: np.ndarray, end: int, most: int = 1) -> list[Path]:
        """Best ways to junction end; heard: (frames, STATES) logarithms of probabilities.

        At most so many, each with another last word; the best first.
        """
        first, second, before, cost, ends, starts, reached = self._arrays()
        count, nodes = len(heard), len(first)
        begins = np.full((count, nodes), _NEVER, np.float32)
        lasts = np.full((count, nodes), _NEVER, np.float32)
        quiet = np.full((count, self._junctions), _NEVER, np.float32)
        a = np.full(nodes, _NEVER, np.float32)
        b = np.full(nodes, _NEVER, np.float32)
        silent = np.full(self._junctions, _NEVER, np.float32)
        source = np.full(nodes + self._junctions, _NEVER, np.float32)
        source[nodes + self.START] = 0.0
        for t in range(count):
            e = heard[t]
            b = np.maximum(a, b) + e[second]
            a = np.maximum(a, source[before] + cost) + e[first]
            out = np.maximum(b, a + _HURRIED)
            meet = source[nodes:]
            silent = np.maximum(silent, meet) + e[0]
            source = np.concatenate([out, silent])
            if len(ends):
                best = np.maximum.reduceat(out[ends], starts)
                source[nodes + reached] = np.maximum(source[nodes + reached], best)
            begins[t], lasts[t], quiet[t] = a, b, silent
        found = []
        final = sorted(self._ends.get(end, ()))
        trail = self._trailing(begins, lasts, heard, final)
        for score, node, t in sorted(trail, reverse=True)[:most]:
            words, frames = self._back(begins, lasts, quiet, heard, node, t)
            found.append(Path(float(score), words, frames))
        return found

    def best(self, heard: np.ndarray, end: int) -> float:
        """The score of the best way to junction end."""
        paths = self.paths(heard, end)
        return paths[0].score if paths else _NEVER

    def _arrays(self) -> tuple[np.ndarray, ...]:
        if self._made is None:
            phone = np.array(self._phone, int)
            before = np.array(self._before, int)
            before = np.where(before >= 0, before, len(phone) - 1 - before)
            pairs = [(j, n) for j in sorted(self._ends) for n in sorted(self._ends[j])]
            reached, starts = np.unique([j for j, _ in pairs], return_index=True)
            self._made = (
                2 * phone - 1, 2 * phone, before, np.array(self._cost, np.float32),
                np.array([n for _, n in pairs], int), starts, reached)
        return self._made

    def _trailing(
        self, begins: np.ndarray, lasts: np.ndarray, heard: np.ndarray, final: list[int],
    ) -> list[tuple[float, int, int]]:
        """For every last node the best score with silence behind it, and when it ended."""
        after = np.concatenate([np.cumsum(heard[::-1, 0])[::-1][1:], [0.0]])
        out = np.maximum(lasts[:, final], begins[:, final] + _HURRIED) + after[:, None]
        when = out.argmax(0)
        return [(float(out[t, i]), n, int(t)) for i, (n, t) in enumerate(
            zip(final, when, strict=True)) if out[t, i] > _NEVER / 2]

    def _back(
        self, begins: np.ndarray, lasts: np.ndarray, quiet: np.ndarray, heard: np.ndarray,
        node: int, t: int,
    ) -> tuple[tuple[str, ...], int]:
        """Words on the way to a node that ended at frame t, and how many frames they took."""
        words: list[str] = []
        frames = 0
        while True:
            if self._word[node]:
                words.append(self._word[node])
            second = lasts[t, node] >= begins[t, node] + _HURRIED
            while True:  # to the first frame of this phone
                frames += 1
                if second:
                    second = lasts[t - 1, node] > begins[t - 1, node]
                    t -= 1
                    continue
                entered = begins[t, node] - heard[t, 2 * self._phone[node] - 1]
                stayed = begins[t - 1, node] if t else _NEVER
                if t and stayed >= entered - 1e-3:
                    t -= 1
                    continue
                break
            before = self._before[node]
            if t == 0:
                break
            t -= 1
            if before >= 0:
                node = before
                continue
            junction = -1 - before
            ends = sorted(self._ends.get(junction, ()))
            while True:  # through silence, to the word before
                out = [max(lasts[t, n], begins[t, n] + _HURRIED) for n in ends]
                best = max(out, default=_NEVER)
                if best >= quiet[t, junction]:
                    node = ends[int(np.argmax(out))]
                    break
                if t == 0:
                    return tuple(words[::-1]), frames
                t -= 1
                # quiet[t + 1] came from silence or from a word that ended at t.
            if best < _NEVER / 2:
                break
        return tuple(words[::-1]), frames


END = 1  # the junction at which every phrase has been said


def phrases(intents: Intents, lexicon: Lexicon, texts: Iterable[str]) -> Graph:
    """The graph of phrases as in the phrase files; they end at END."""
    graph = Graph(lexicon)
    assert graph.junction() == END
    _add(graph, intents, Graph.START, {w for text in texts for w in expand(text)})
    return graph


def _add(graph: Graph, intents: Intents, start: int, lines: set[tuple[str, ...]]) -> None:
    """Lines from a junction to END; what is before a number leads to one copy of the numbers."""
    slots: dict[tuple[str, tuple[str, ...]], set[tuple[str, ...]]] = {}
    for line in sorted(lines):
        at = next((i for i, w in enumerate(line) if w.startswith('<')), len(line))
        words = tuple(w for text in line[:at] for w in plain(text))
        if at < len(line):
            slots.setdefault((line[at], words), set()).add(line[at + 1:])
        else:
            graph.feed(graph.walk(start, words), END)
    alike: dict[tuple[str, frozenset[tuple[str, ...]]], list[tuple[str, ...]]] = {}
    for (slot, words), tails in slots.items():
        alike.setdefault((slot, frozenset(tails)), []).append(words)
    for (slot, behind), heads in alike.items():
        after = graph.junction()
        inside = graph.junction()
        for head in heads:
            graph.feed(graph.walk(start, head), inside)
        for begin in ([start] if () in heads else []) + ([inside] if any(heads) else []):
            for name in intents.fillings(slot):
                nodes = graph.walk(begin, plain(name))
                graph.feed(nodes, after)
                if () in behind:
                    graph.feed(nodes, END)
        if behind - {()}:
            _add(graph, intents, after, set(behind) - {()})


def anything(
    lexicon: Lexicon, words: Iterable[str], phone: float, word: float,
    heads: Iterable[Sequence[str]] = (),
) -> Graph:
    """Any phones and these words, one after the other: what is no command. Ends at START.

    phone, word: what every one of them costs. heads: beginnings of sentences, which cost nothing.
    """
    graph = Graph(lexicon)
    _loop(graph, lexicon, Graph.START, words, phone, word)
    for head in heads:
        graph.feed(graph.walk(Graph.START, head), Graph.START)
    return graph


def heads(texts: Iterable[str], slot: str) -> list[tuple[str, ...]]:
    """The words that phrases, as in the phrase files, have before a slot (<name>)."""
    found = {line[:line.index(slot)] for text in texts for line in expand(text) if slot in line}
    return sorted({tuple(w for text in head for w in plain(text)) for head in found} - {()})


def amidst(
    lexicon: Lexicon, texts: Iterable[str], words: Sequence[str], phone: float, word: float,
) -> Graph:
    """One of the texts with anything before and behind it; ends at END, has the text's words."""
    graph = Graph(lexicon)
    assert graph.junction() == END
    for junction in (Graph.START, END):
        _loop(graph, lexicon, junction, words, phone, word)
    for text in texts:
        for line in expand(text):
            graph.feed(graph.walk(Graph.START, line), END)
    return graph


def _loop(
    graph: Graph, lexicon: Lexicon, junction: int, words: Iterable[str], phone: float, word: float,
) -> None:
    for name in PHONES[1:]:
        graph.feed(graph.spoken(junction, '', [(name,)], phone), junction)
    for text in words:
        graph.feed(graph.spoken(junction, '', lexicon.ways(text), word), junction)


def sentences(intents: Intents) -> list[str]:
    """Every phrase of every state, with one number and one name each, as plain words."""
    texts: set[str] = set()
    for state in State:
        for question in QUESTIONS:
            for _, phrase in intents.phrases(state, question):
                texts.update(' '.join(words) for words in expand(phrase))
    filled = []
    for text in sorted(texts):
        for slot in ('<number>', '<name>'):
            text = text.replace(slot, intents.fillings(slot)[7])
        filled.append(' '.join(plain(text)))
    return filled
