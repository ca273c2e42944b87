"""Documents in the search: by their titles, their meetings and the words of their current version.

Who may find one is asked anew at every search (overview.service), so that nothing here needs to
change when a document is opened to more people or closed to some.
"""

from __future__ import annotations

from meetly import search
from meetly.materials.models import Guard, Material
from meetly.storage import files

KIND = "material"
#: characters of a document by which it is found; ranking reads all of them at every search
MOST_WORDS = 40_000


def update(material: Material) -> None:
    """Let the search find a document as it reads now.

    One that is only read on its page is found by its words, but the search quotes none of them.
    """
    words = words_of(material.current.text_key, MOST_WORDS)
    is_quoted = material.guard != Guard.VIEW_ONLY
    search.index(
        KIND, material.id, meeting_id=material.meeting_id, title=material.title,
        link=f"/materials/{material.id}", audience="invited",
        text=f"{material.meeting.title}\n{words}" if is_quoted else material.meeting.title,
        unquoted="" if is_quoted else words,
    )  # fmt: skip


def words_of(text_key: str, most: int) -> str:
    """Return the first characters of a version's words; none where they are not known."""
    if not text_key or not files.exists(text_key):
        return ""
    # A character has at most four bytes; one that was cut at the end is left out.
    with files.path(text_key).open("rb") as kept:
        return kept.read(4 * most).decode("utf-8", "ignore")[:most]
