"""What programs read and write: the shapes of the JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from meetly import clock


class UnitSchema(Schema):
    """A unit."""

    id = fields.Int()
    code = fields.Str()
    name = fields.Str()
    kind = fields.Str()


class AgendaItemSchema(Schema):
    """One point of an agenda."""

    ordinal = fields.Int()
    title = fields.Str()
    unit = fields.Nested(UnitSchema, allow_none=True)
    duration = fields.Int(metadata={"description": "minutes allotted; 0 when none were"})


class MeetingSchema(Schema):
    """A meeting."""

    id = fields.Int()
    title = fields.Str()
    status = fields.Str()
    starts_at = fields.AwareDateTime(format="iso")
    ends_at = fields.AwareDateTime(format="iso")
    place = fields.Str()
    unit = fields.Nested(UnitSchema)
    agenda = fields.List(fields.Nested(AgendaItemSchema))


class TaskSchema(Schema):
    """A task."""

    id = fields.Int()
    meeting_id = fields.Int(
        allow_none=True, metadata={"description": "none for what was taken over from a document"}
    )
    text = fields.Str()
    lead_name = fields.Str()
    due = fields.Date(allow_none=True)
    first_due = fields.Date(
        allow_none=True, metadata={"description": "the deadline before any extension"}
    )
    recurring = fields.Str()
    period = fields.Str(metadata={"description": "of what recurs: 2026-W48, 2026-11, 2026-Q4"})
    product = fields.Str()
    report_to = fields.Str()
    priority = fields.Str()
    officer = fields.Pluck("PersonSchema", "name", allow_none=True)
    state = fields.Function(
        lambda task: str(task.state(clock.today())),
        metadata={"type": "string", "description": "computed from dates, never chosen"},
    )
    claimed_at = fields.AwareDateTime(
        format="iso", allow_none=True,
        metadata={"description": "the unit says it is done; closed only when the giver agrees"},
    )  # fmt: skip
    completed_at = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "the claim that was agreed to"}
    )
    accepted_at = fields.AwareDateTime(format="iso", allow_none=True)


class TaskQuery(Schema):
    """Which tasks to list."""

    mine = fields.Str(
        load_default="",
        validate=validate.OneOf(["", "me", "lead", "help", "owner", "follow"]),
    )
    state = fields.Str(load_default="open")
    meeting = fields.Int(load_default=None, allow_none=True)
    after = fields.Str(load_default="", metadata={"description": "`after` of the page before"})


class TaskPage(Schema):
    """One page of tasks."""

    tasks = fields.List(fields.Nested(TaskSchema))
    after = fields.Str(metadata={"description": "give it back for the next page; empty at the end"})


class ProgressSchema(Schema):
    """A report on a task."""

    text = fields.Str(required=True, validate=validate.Length(1, 10_000))
    kind = fields.Str(dump_only=True)
    percent = fields.Int(load_default=0, validate=validate.Range(0, 100))
    author = fields.Pluck("PersonSchema", "name", dump_only=True)
    at = fields.AwareDateTime(format="iso", dump_only=True)


class PersonSchema(Schema):
    """A person, by name."""

    name = fields.Str()
