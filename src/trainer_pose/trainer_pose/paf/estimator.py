"""Pictures in, people out: the network, the decoder and the tracks put together."""

import math
from dataclasses import dataclass

import numpy as np

from trainer_core.clock import SECOND, Timeline
from trainer_core.people import People, Person
from trainer_pose.paf import decoder, matching, photo, roi, tracker, weights
from trainer_pose.paf.engines import Engine, open_engine

_SURE = 0.2  # confidence of a joint that no field confirms
_CLEARER = 1.5  # times the mean confidence: a body is seen clearly better


@dataclass(frozen=True)
class Settings:
    """How people are found and followed; times are those of the images."""

    roi_size: int = 160  # px, side of the network's input for one person
    find_size: int = 256  # px, side of the network's input for the whole picture
    max_people: int = 4
    per_frame: int = 2  # people looked at in one frame; more take turns
    find_every: float = 1.0  # s between looks at the whole picture while somebody is followed
    lost_after: float = 0.3  # s
    remember: float = 3.0  # s a lost body can be taken up again with its id
    decoding: decoder.Settings = decoder.Settings()


@dataclass(frozen=True)
class Sight:
    """A skeleton in one region."""

    pose: np.ndarray  # (18, 3) px of the picture
    score: float  # mean over the parts and limbs found
    colours: np.ndarray | None

    @property
    def parts(self) -> int:
        return int(np.count_nonzero(self.pose[:, 2]))

    @property
    def value(self) -> float:
        """[0, 1]: mean confidence of all 18 keypoints, 0 for those not found."""
        return float(self.pose[:, 2].mean())


@dataclass(frozen=True)
class View:
    """What the network answered for one region."""

    region: roi.Roi
    heatmaps: np.ndarray  # (19, h, w)
    pafs: np.ndarray      # (38, h, w)


class PoseEstimator:
    """Finds people in pictures and follows them; the same pictures give the same people."""

    def __init__(
        self, model: str = '', engine: str = 'auto', threads: int = 1, device: str = 'auto',
        settings: Settings = Settings(), cache: str = '',
    ):
        """model: ONNX file, '' = the one of the package. threads: of the CPU.

        Raises UserError when the model or the engine cannot be used.
        """
        self.model = weights.find(model, engine)
        self.engine: Engine = open_engine(self.model, engine, threads, device, cache)
        self.settings = settings
        for size in (settings.roi_size, settings.find_size):
            # So that no picture waits for what the engine does with the first one of a shape.
            self.engine.infer(np.full((size, size, 3), 128, np.uint8))
        self._names, self._timeline = tracker.Names(), Timeline(max_gap=10.0)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids are not used again."""
        self._tracks: list[tracker.Track] = []
        self._lost: list[tracker.Track] = []
        self._quarter, self._next_find, self._turn = 0, 0, 0
        self._timeline = Timeline(max_gap=10.0)

    def update(self, picture: np.ndarray, stamp: int) -> People:
        """The people in the next picture (h, w, 3) uint8 BGR of a video, acquired at stamp (ns).

        A stamp before the last one, or more than 10 s after it, starts afresh.
        """
        s = self.settings
        if self._timeline.jumped(stamp):
            self.reset()
        h, w = picture.shape[:2]
        missed = self._follow(picture, stamp)
        if len(self._tracks) < s.max_people:
            self._search(picture, stamp, missed)
        self._tracks = [t for t in self._tracks if not self._is_lost(t, stamp)]
        self._lost = [t for t in self._lost if stamp - t.stamp <= s.remember * SECOND]
        seen = [t.person() for t in self._tracks if t.stamp == stamp and t.confirmed]
        return People(stamp, w, h, sorted(seen, key=lambda p: -p.score))

    def detect(self, picture: np.ndarray) -> People:
        """The people in a single picture; ids count from one picture, the best comes first."""
        h, w = picture.shape[:2]
        s, names = self.settings, tracker.Names()
        sights = [
            sight for sight in self.find(picture, (0, 1, 2, 3), s.max_people) if sight.parts >= 4]
        bodies: list[np.ndarray] = []
        for sight in sights:
            body = photo.study(self.engine, picture, sight.pose, s.roi_size)
            # The best body around somebody may be that of another, who has been seen already.
            seen = any(photo.same(body, other) for other in bodies)
            bodies.append(sight.pose if seen else body)
        people = [
            Person(names(), pose, pose, score, roi.turn(pose))
            for pose, score in photo.main_first([b for b in bodies if b[:, 2].any()], (w, h))]
        return People(0, w, h, people)

    def look(self, picture: np.ndarray, region: roi.Roi) -> list[Sight]:
        """Skeletons in one region, best first."""
        crop = region.crop(picture)
        return self._sights(crop, self._candidates(crop), region)

    def _candidates(self, crop: np.ndarray) -> decoder.Candidates:
        return decoder.candidates(*self.engine.infer(crop), self.settings.decoding)

    def _sights(
        self, crop: np.ndarray, found: decoder.Candidates, region: roi.Roi,
    ) -> list[Sight]:
        poses, scores = decoder.decode(found, self.engine.stride, self.settings.decoding)
        placed = region.to_picture(poses)
        return [
            Sight(p, float(s), matching.colours(crop, q))
            for p, q, s in zip(placed, poses, scores, strict=True)]

    def _whole(
        self, best: Sight, sights: list[Sight], found: decoder.Candidates, region: roi.Roi,
    ) -> np.ndarray:
        """The pose of somebody followed: that of the best body as a whole where it is the same one
        and nobody else's, for limbs taken one by one go astray where arms and legs are close.
        """
        body = decoder.body(found, self.engine.stride)
        body[body[:, 2] < _SURE] = 0.0
        body, scale = region.to_picture(body), roi.body_scale(best.pose)
        mine = matching.similarity(body, best.pose, scale) > 0.6
        others = any(
            matching.similarity(body, s.pose, scale) > 0.3 for s in sights if s is not best)
        return body if mine and not others else best.pose

    def views(self, picture: np.ndarray, stamp: int) -> list[View]:
        """The maps behind the people followed, or behind the whole picture; for looking at."""
        h, w = picture.shape[:2]
        s = self.settings
        regions = [t.region(stamp, s.roi_size, (w, h)) for t in self._tracks] or [
            roi.whole(w, h, s.find_size, 0)]
        return [View(region, *self.engine.infer(region.crop(picture))) for region in regions]

    def _follow(self, picture: np.ndarray, stamp: int) -> list[tracker.Track]:
        """Look where people should be by now; returns those, once confirmed, who were not there."""
        s, size = self.settings, picture.shape[1::-1]
        n = min(s.per_frame, len(self._tracks))
        chosen = [self._tracks[(self._turn + i) % len(self._tracks)] for i in range(n)]
        self._turn = (self._turn + n) % max(len(self._tracks), 1)
        for track in chosen:
            expected, region = track.expected(stamp), track.region(stamp, s.roi_size, size)
            crop = region.crop(picture)
            found = self._candidates(crop)
            sights = self._sights(crop, found, region)
            best, most = None, 0.3
            for sight in sights:
                like = matching.similarity(sight.pose, expected, track.scale)
                if sight.parts >= 5 and sight.score >= 0.25 and like > most:
                    best, most = sight, like
            if best is not None:
                pose = self._whole(best, sights, found, region)
                track.follow(pose, stamp, best.colours)
                track.confirmed |= track.seen >= 3
        for i, a in reversed(list(enumerate(self._tracks))):
            for k, b in enumerate(self._tracks[:i]):
                if matching.similarity(a.raw, b.raw, max(a.scale, b.scale)) > 0.6:
                    # One body: the older track of it stays, but not if it hardly sees it.
                    clearer = _CLEARER * b.raw[:, 2].mean() < a.raw[:, 2].mean()
                    if clearer and a.stamp >= b.stamp:
                        a.id, a.confirmed = b.id, a.confirmed or b.confirmed
                        self._tracks[k] = a
                    del self._tracks[i]
                    break
        return [t for t in chosen if t.confirmed and t.stamp < stamp and t in self._tracks]

    def _search(self, picture: np.ndarray, stamp: int, missed: list[tracker.Track]) -> None:
        s = self.settings
        if self._tracks and stamp < self._next_find and all(t.stamp == stamp for t in self._tracks):
            return
        self._next_find = stamp + int(s.find_every * SECOND)
        # Bounded cost: one look while somebody is followed; else the upright one, since most people
        # come walking, and one of the other three, so that whoever lies is found in three images.
        self._quarter = (self._quarter + 1) % (4 if self._tracks else 3)
        quarters = (self._quarter,) if self._tracks else (0, 1 + self._quarter)
        for sight in self.find(picture, quarters, s.max_people - len(self._tracks), self._tracks):
            if sight.parts >= 6 and sight.score >= 0.4 and not any(matching.same_body(
                    sight.pose, t.raw, roi.body_scale(sight.pose), t.scale) for t in self._tracks):
                old = self._recognise(sight, stamp, [*self._lost, *missed])
                for tracks in (self._lost, self._tracks, missed):
                    if old in tracks:
                        tracks.remove(old)
                track = tracker.start(
                    old.id if old is not None else self._names(), sight.pose, stamp, sight.colours)
                track.confirmed = old is not None
                self._tracks.append(track)

    def find(
        self, picture: np.ndarray, quarters: tuple[int, ...], most: int,
        known: list[tracker.Track] = (),  # type: ignore[assignment]
    ) -> list[Sight]:
        """People in the whole picture but those known, each looked at once more in a region of its
        own; quarters: turns of the picture by 90 degrees that are tried.
        """
        s = self.settings
        h, w = picture.shape[:2]
        rough: list[tuple[Sight, float]] = []
        for quarter in quarters:
            region = roi.whole(w, h, s.find_size, quarter)
            rough += [(sight, region.angle) for sight in self.look(picture, region)]
        rough = [
            (sight, angle) for sight, angle in rough
            if not any(matching.same_body(
                sight.pose, t.raw, roi.body_scale(sight.pose), t.scale) for t in known)]
        fine = []
        for i in _distinct([sight for sight, _ in rough])[:most]:
            sight, angle = rough[i]
            turned = roi.turn(sight.pose)
            region = roi.around(
                sight.pose, angle if math.isnan(turned) else turned, s.roi_size, (w, h))
            again = [
                b for b in self.look(picture, region)
                if matching.similarity(b.pose, sight.pose, roi.body_scale(sight.pose)) > 0.2]
            fine += again[:1]
        return [fine[i] for i in _distinct(fine)]

    def _recognise(
        self, sight: Sight, stamp: int, away: list[tracker.Track],
    ) -> tracker.Track | None:
        """Of the bodies that went away a short time ago the one that this looks like."""
        scale = roi.body_scale(sight.pose)
        centre = sight.pose[sight.pose[:, 2] > 0, :2].mean(0)
        best, least = None, math.inf
        for track in away:
            dt = (stamp - track.stamp) / SECOND
            place = track.known[track.known[:, 2] > 0, :2].mean(0)
            far = float(np.hypot(*(centre - place))) / track.scale
            like = matching.colour_likeness(sight.colours, track.colours)
            # Of a head that comes back the clothes are not seen: the place says whose it is.
            near = far < 2 + 3 * dt if like > 0.5 else sight.colours is None and far < 1.5
            if 0.5 < scale / track.scale < 2 and near and far < least:
                best, least = track, far
        return best

    def _is_lost(self, track: tracker.Track, stamp: int) -> bool:
        if stamp - track.stamp <= self.settings.lost_after * SECOND:
            return False
        if track.confirmed:
            self._lost.append(track)
        return True


def _distinct(sights: list[Sight]) -> list[int]:
    if not sights:
        return []
    return matching.distinct(
        np.array([s.pose for s in sights]), np.array([s.score * s.parts for s in sights]),
        np.array([roi.body_scale(s.pose) for s in sights]))
