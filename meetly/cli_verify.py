"""`meetly verify`: who signed a PDF, when, and whether a byte of it changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from meetly.config import Config

#: exit status of a file that is not signed, was changed, or whose signers nobody vouches for
NOT_VALID = 1
ADDED = {
    "nothing": "không thêm gì", "signatures": "chỉ thêm chữ ký", "other": "có nội dung khác",
    "unknown": "không rõ",
}  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--roots", help="PEM file or folder of trusted roots; else MEETLY_TRUSTED_ROOTS.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for programs.")
def verify(file: Path, roots: str | None, as_json: bool) -> None:
    """Check the signatures of a PDF; exit status 0 only when all hold and their roots are trusted.

    Needs no database; nothing is fetched over the network. A file that Meetly issued can also be
    recognised on the page /verify.
    """
    from meetly.minutes.signing import verifying

    trusted = roots if roots is not None else Config.from_environment().trusted_roots
    verdict = verifying.verdict_on(file.read_bytes(), trusted)
    if as_json:
        click.echo(json.dumps(_plain(verdict), ensure_ascii=False))
    else:
        _tell(verdict)
    sys.exit(0 if verdict.trusted else NOT_VALID)


def _plain(verdict: Any) -> dict[str, Any]:
    return {
        "sha256": verdict.sha256, "holds": verdict.holds, "trusted": verdict.trusted,
        "signatures": [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in vars(one).items()
            }
            for one in verdict.signatures
        ],
    }  # fmt: skip


def _tell(verdict: Any) -> None:
    from meetly.minutes.signing.appearance import time_shown

    for number, one in enumerate(verdict.signatures, 1):
        moment = one.stamped_at or one.signed_at
        said = time_shown(moment) if moment else "không rõ lúc nào"
        proof = "có dấu thời gian" if one.stamped_at else "theo đồng hồ máy ký"
        click.echo(f"{number}. {one.subject} ({one.issuer}), {said}, {proof}")
        click.echo(f"   byte đã ký: {'còn nguyên' if one.intact else 'ĐÃ BỊ ĐỔI'}")
        click.echo(f"   nguồn gốc: {'tin cậy' if one.trusted else 'không rõ nguồn gốc'}")
        click.echo(f"   sau đó: {ADDED[one.added]}")
    if not verdict.signatures:
        click.echo("Không có chữ ký số nào.")
    elif not verdict.holds:
        click.echo("KHÔNG HỢP LỆ: tệp đã bị đổi sau khi ký, hoặc chữ ký hỏng.")
    else:
        click.echo("Hợp lệ." if verdict.trusted else "Còn nguyên, nhưng không rõ nguồn gốc.")
    click.echo(f"SHA-256 {verdict.sha256}")
