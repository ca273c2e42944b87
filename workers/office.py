"""LibreOffice, where it is installed: several office documents at a time become PDFs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from meetly import confined

#: LibreOffice reserves far more address space than it uses.
LIMITS = confined.Limits(memory=6 << 30, seconds=120, largest=400 << 20)
#: Settings by which a document is opened: no macro runs, nothing linked is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def program() -> str | None:
    """Return where LibreOffice is; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(documents: Sequence[Path], folder: Path) -> None:
    """Convert documents to PDFs of the same stem in a folder; what cannot be read leaves none.

    Raises confined.Failed when LibreOffice itself broke down or took too long.
    """
    office = program()
    if office is None:
        raise confined.Failed("LibreOffice is not installed")
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    confined.run(
        [
            office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder),
            *(str(document) for document in documents),
        ],
        folder, LIMITS,
    )  # fmt: skip
