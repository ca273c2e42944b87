"""Minutes: blocks with evidence, from draft through review to the approved and frozen documents."""
