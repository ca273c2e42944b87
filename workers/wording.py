"""Have a draft worded by the language model, paragraph by paragraph, inside one budget of time."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from meetly.config import Config
from meetly.errors import MeetlyError
from meetly.minutes import rewording
from meetly.minutes.blocks import Block
from meetly.minutes.rewording import REWORDED, Key, Trouble, Wording
from meetly.minutes.speech import Utterance
from workers.language_model import LanguageModel, ModelDown, configured

log = logging.getLogger(__name__)

#: A server that failed so often in a row is not asked about the rest of the draft.
MOST_FAILURES = 3


def worded(config: Config, blocks: Sequence[Block], said: Sequence[Utterance]) -> Wording:
    """Return what the configured model answers; whatever goes wrong, the draft goes on without.

    Takes seconds to minutes and no database: call it with no transaction open.
    """
    try:
        model = configured(config)
    except MeetlyError as error:
        log.warning("no language model: %s", error)
        return Wording((config.llm_model or config.llm_url)[:120], Trouble.WRONG)
    return asked(model, blocks, said, config.llm_budget) if model else Wording()


def asked(
    model: LanguageModel, blocks: Sequence[Block], said: Sequence[Utterance], budget: float
) -> Wording:
    """Ask about each block while the budget (seconds) lasts and the server answers."""
    heard = {utterance.id: utterance for utterance in said}
    until = time.monotonic() + budget
    answers: dict[Key, tuple[str, ...]] = {}
    trouble, failures = Trouble.NONE, 0
    for block in blocks:
        if block.kind not in REWORDED:
            continue
        left = until - time.monotonic()
        if left <= 0:
            trouble = Trouble.LATE
            break
        try:
            answer = model.ask(rewording.prompt(block, heard), left)
        except ModelDown as error:
            trouble, failures = Trouble.DOWN, failures + 1
            log.warning("language model: %s", error)
            if failures >= MOST_FAILURES:
                break
            continue
        failures = 0
        try:
            answers[rewording.key(block)] = rewording.read_answer(answer)
        except ValueError as error:
            log.info("language model: an answer is of no use: %s", error)
    return Wording(model.model[:120], trouble, answers)
