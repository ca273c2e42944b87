"""Finds the texts that people read in Python files, for pybabel and for the test of English.

Babel knows calls of gettext; an error's sentence stands elsewhere: in its class, or as the first
argument where it is raised. What a row keeps to be shown later stands in a table of KEPT or is the
note given to NOTED; values in it become %s, which is how `meetly.web.spoken` looks it up.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

from meetly import errors

#: Tables of sentences for a row.
KEPT = frozenset({"FAILURES", "GONE"})
#: The functions that put their last argument, called a note, into a row.
NOTED, NOTE = frozenset({"keep", "keep_change"}), "note"
_ERRORS = frozenset(
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.MeetlyError)
)


def extract(
    file: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[tuple[Any, ...]]:
    """Yield what babel expects of an extractor: every text of a Python file, and its line."""
    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    tree = ast.parse(file.read())
    names = _ERRORS | set(_own_names(tree))
    notes = any(isinstance(n, ast.Call) and _name(n.func) in NOTED for n in ast.walk(tree))
    tables = KEPT | {NOTE} if notes else KEPT
    for node in ast.walk(tree):
        for sentence in _sentences(node, names, tables):
            yield sentence.lineno, None, _text(sentence), []


def _sentences(
    node: ast.AST, names: Collection[str], tables: Collection[str]
) -> Iterator[ast.expr]:
    if isinstance(node, ast.ClassDef):
        yield from _message(node)
    elif isinstance(node, ast.Call) and node.args and _name(node.func) in names:
        yield from _literals(node.args[0])
    elif isinstance(node, ast.Call) and node.args and _name(node.func) in NOTED:
        yield from _literals(node.args[-1])
    elif isinstance(node, ast.Assign) and _name(node.targets[0]) in tables:
        table = node.value
        for value in table.values if isinstance(table, ast.Dict) else [table]:
            yield from _literals(value)


def _own_names(tree: ast.AST) -> Iterator[str]:
    """Yield the errors a file makes itself, and other names it gives to those of the house."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _message(node):
            yield node.name
        elif isinstance(node, ast.ImportFrom) and node.module == errors.__name__:
            yield from (alias.asname for alias in node.names if alias.asname)


def _message(node: ast.AST) -> list[ast.expr]:
    """Return the sentences a class carries as its `message`."""
    return [
        literal
        for line in (node.body if isinstance(node, ast.ClassDef) else [])
        if isinstance(line, ast.Assign) and _name(line.targets[0]) == "message"
        for literal in _literals(line.value)
    ]


def _literals(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the texts an expression may be: itself, or either side of a choice."""
    if _text(node):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _text(node: ast.expr) -> str:
    """Return a literal's text, with %s for each value put into it; "" when it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(piece) or "%s" for piece in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
