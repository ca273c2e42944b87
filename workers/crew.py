"""How many speech processes this machine bears, and how each of them listens.

Settings decide; what they leave open, the measurement of this machine does.
"""

from __future__ import annotations

import os

from meetly.config import Config
from workers import engines, measurement
from workers.measurement import Way


def processes(config: Config) -> int:
    """Return how many speech processes to keep: as set, else as measured, else one."""
    way = _measured(config)
    return config.speech_processes or (way.processes if way else 1)


def threads(config: Config) -> int:
    """Return the cores one speech process may use; 0 means all, as the engine sees fit."""
    count = processes(config)
    if config.speech_threads or count == 1:
        return config.speech_threads
    return max(1, len(os.sched_getaffinity(0)) // count)


def environment(config: Config) -> dict[str, str]:
    """Return the settings a speech process is started with beside those of this process."""
    told = {"MEETLY_SPEECH_THREADS": str(threads(config))}
    if way := _measured(config):
        told |= {"MEETLY_SPEECH_ENGINE": way.kind, "MEETLY_SPEECH_COMPUTE": way.compute}
    return told


def is_unmeasured(config: Config) -> bool:
    """Tell whether a measurement is wanted that this machine has not made yet."""
    if config.speech_processes or engines.is_named(config.speech_model):
        return False
    there = any(engines.is_installed(kind) for kind in engines.ENGINES)
    return there and measurement.stored(config, config.speech_model) is None


def _measured(config: Config) -> Way | None:
    """Return the measured way, as far as it goes with the settings."""
    pace = measurement.stored(config, config.speech_model)
    if pace is None:
        return None
    set_so = (config.speech_engine, config.speech_compute)
    way = (pace.way.kind, pace.way.compute)
    fits = all(ours in (engines.AUTO, theirs) for ours, theirs in zip(set_so, way, strict=True))
    return pace.way if fits else None
