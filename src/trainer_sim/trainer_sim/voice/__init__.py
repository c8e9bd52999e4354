"""A voice that answers: speaks lines into a room that the ears listen to."""

from trainer_sim.voice.answers import Answerer, Reply
from trainer_sim.voice.room import Room
from trainer_sim.voice.speaker import VOICES, Speaker

__all__ = ['VOICES', 'Answerer', 'Reply', 'Room', 'Speaker']
