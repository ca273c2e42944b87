"""The part of Jinja a form may use, told from its syntax tree: nothing is run to find out.

What is not named here is refused: a form shows words, goes through lists and asks whether something
is there. It calls nothing, computes nothing, reads no other file, and reaches into no object.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateError, TemplateSyntaxError, nodes

from meetly.minutes.office_templates.placeholders import PLACEHOLDERS, Placeholder

#: filters without an argument; `join` besides takes one text
FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "length", "first", "last"})
_JOIN = "join"
_LONGEST_TEXT, _DEEPEST = 40, 3
_TEXT = Placeholder("", "")
_LOOP = Placeholder("loop", "", tuple(Placeholder(n, "") for n in ("index", "first", "last")))

Scope = dict[str, Placeholder]


@dataclass(frozen=True)
class Fault:
    """What is not allowed, and on which line of the source it stands."""

    code: str
    about: str
    line: int


@dataclass
class Reading:
    """What a source asks for and what is wrong with it."""

    placeholders: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def read(source: str, environment: Environment) -> Reading:
    """Tell which placeholders a source uses and what in it is refused."""
    reading = Reading()
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        reading.faults.append(Fault("syntax", error.message or "", error.lineno))
        return reading
    except (TemplateError, RecursionError, ValueError) as error:
        reading.faults.append(Fault("syntax", type(error).__name__, 1))
        return reading
    _Reader(reading).statements(tree.body, {p.name: p for p in PLACEHOLDERS}, 0)
    return reading


class _Reader:
    """Walks a tree; what it does not know it refuses."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.line = 1  # where it is, for the nodes that do not know

    def statements(self, body: Iterable[nodes.Node], scope: Scope, depth: int) -> None:
        for node in body:
            self.line = node.lineno or self.line
            if isinstance(node, nodes.Output):
                for shown in node.nodes:
                    if not isinstance(shown, nodes.TemplateData):
                        self._shown(shown, scope)
            elif isinstance(node, nodes.For):
                self._loop(node, scope, depth)
            elif isinstance(node, nodes.If):
                self._condition(node, scope, depth)
            else:
                self._refuse("statement", type(node).__name__, node)

    def _loop(self, node: nodes.For, scope: Scope, depth: int) -> None:
        if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            self._refuse("loop", "for", node)
            return
        if depth >= _DEEPEST:
            self._refuse("deep", node.target.name, node)
            return
        if node.target.name in scope:
            self._refuse("taken", node.target.name, node)
            return
        many = self._value(node.iter, scope)
        if many is None:
            return
        if not many.many:
            self._refuse("no_list", many.name, node)
            return
        inner = scope | {
            node.target.name: Placeholder(node.target.name, "", many.fields), "loop": _LOOP,
        }  # fmt: skip
        self.statements(node.body, inner, depth + 1)
        self.statements(node.else_, scope, depth + 1)

    def _condition(self, node: nodes.If, scope: Scope, depth: int) -> None:
        self._value(node.test, scope)
        self.statements(node.body, scope, depth)
        for other in node.elif_:
            self._condition(other, scope, depth)
        self.statements(node.else_, scope, depth)

    def _shown(self, node: nodes.Expr, scope: Scope) -> None:
        value = self._value(node, scope)
        if value is not None and (value.many or value.fields):
            self._refuse("whole", value.name, node)

    def _value(self, node: nodes.Node, scope: Scope) -> Placeholder | None:
        """Return what an expression stands for; None once it was refused."""
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self._field(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filtered(node, scope)
        if isinstance(node, nodes.Const):
            return self._constant(node)
        parts = _parts(node)
        if parts is None:
            self._refuse("expression", type(node).__name__, node)
            return None
        read = [self._value(part, scope) for part in parts]
        return _TEXT if None not in read else None

    def _name(self, node: nodes.Name, scope: Scope) -> Placeholder | None:
        found = scope.get(node.name)
        if found is None:
            self._refuse("unknown", node.name, node)
        elif node.name in _NAMES:
            self.reading.placeholders.add(node.name)
        return found

    def _field(self, node: nodes.Getattr, scope: Scope) -> Placeholder | None:
        of = self._value(node.node, scope)
        if of is None:
            return None
        found = None if of.many else next((f for f in of.fields if f.name == node.attr), None)
        if found is None:
            self._refuse("field", f"{of.name}.{node.attr}", node)
        return found

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Placeholder | None:
        is_join = node.name == _JOIN and len(node.args) == 1 and _is_short_text(node.args[0])
        if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs or not (
            is_join or (node.name in FILTERS and not node.args)
        ):  # fmt: skip
            self._refuse("filter", node.name, node)
            return None
        value = self._value(node.node, scope)
        if value is None:
            return None
        takes_list = is_join or node.name in ("length", "first", "last")
        if value.many != takes_list or (is_join and value.fields):
            self._refuse("filter", f"{value.name}|{node.name}", node)
            return None
        picks = node.name in ("first", "last")
        return Placeholder(value.name, "", value.fields) if picks else _TEXT

    def _constant(self, node: nodes.Const) -> Placeholder | None:
        value = node.value
        if isinstance(value, str) and len(value) > _LONGEST_TEXT:
            self._refuse("expression", "Const", node)
            return None
        if isinstance(value, int) and not -1000 <= value <= 1000:
            self._refuse("expression", "Const", node)
            return None
        return _TEXT

    def _refuse(self, code: str, about: str, node: nodes.Node) -> None:
        self.reading.faults.append(Fault(code, about[:60], node.lineno or self.line))


_NAMES = {placeholder.name for placeholder in PLACEHOLDERS}


def _parts(node: nodes.Node) -> Sequence[nodes.Node] | None:
    if isinstance(node, nodes.Not):
        return [node.node]
    if isinstance(node, nodes.And | nodes.Or):
        return [node.left, node.right]
    if isinstance(node, nodes.Compare):
        return [node.expr, *(operand.expr for operand in node.ops)]
    if isinstance(node, nodes.CondExpr):
        return [node.test, node.expr1, *([node.expr2] if node.expr2 else [])]
    return None


def _is_short_text(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and len(node.value) <= _LONGEST_TEXT
    )
