"""A server on loopback that speaks those of GitHub's routes that releases need, and misbehaves on demand."""

from tests.support.github.faults import Chance, Fault, Faults
from tests.support.github.repo import FakeRepo
from tests.support.github.server import TOKEN, FakeGithub

__all__ = ["TOKEN", "Chance", "FakeGithub", "FakeRepo", "Fault", "Faults"]
