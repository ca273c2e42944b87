"""what directions become: people, claims, extensions, periods, reminders, records, imports

Revision: 20261126_directions_and_tasks
After: 20261126_issued_documents
Made: 2026-11-26 09:52:40.371739
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '20261126_directions_and_tasks'
down_revision = '20261126_issued_documents'
branch_labels = None
depends_on = None

#: Columns that get a value for the rows that are there, and no default afterwards.
FILLED = {
    'direction': {
        'origin': (sa.String(length=20), 'minutes'), 'source': (sa.String(length=300), ''),
        'product': (sa.String(length=500), ''), 'report_to': (sa.String(length=200), ''),
        'priority': (sa.String(length=20), 'normal'),
    },
    'material': {'leading': (sa.Boolean(), sa.false())},
    'progress': {'kind': (sa.String(length=20), 'report')},
    'task': {
        'period': (sa.String(length=12), ''), 'product': (sa.String(length=500), ''),
        'report_to': (sa.String(length=200), ''), 'priority': (sa.String(length=20), 'normal'),
    },
}

RETURNED = sa.text("kind IN ('return', 'reopen')")
LATE_ON_SQLITE = sa.text("status = 'granted' AND date(substr(asked_at, 1, 19), '+7 hours') > old_due")
LATE_ON_POSTGRESQL = sa.text(
    "status = 'granted' AND CAST((asked_at) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS DATE) > old_due"
)
RUNNING = 'completed_at IS NULL AND cancelled_at IS NULL'
#: Open tasks alone, for what the clock looks through.
UNCLAIMED = f'{RUNNING} AND claimed_at IS NULL'
DONE = 'completed_at IS NOT NULL AND cancelled_at IS NULL'
#: Indexes of task: columns and, where only part of the rows stands in it, which.
INDEXES = {
    'ix_task_running_owner': (
        ['owner_unit_id', 'due', 'id', 'claimed_at', 'lead_unit_id', 'meeting_id', 'officer_id'], RUNNING,
    ),
    'ix_task_running_lead': (
        ['lead_unit_id', 'due', 'id', 'claimed_at', 'owner_unit_id', 'meeting_id', 'officer_id'], RUNNING,
    ),
    'ix_task_running_officer': (['officer_id', 'due', 'id', 'claimed_at'], RUNNING),
    'ix_task_open_due': (['due', 'id'], UNCLAIMED),
    'ix_task_done_owner': (
        ['owner_unit_id', 'completed_at', 'id', 'due', 'lead_unit_id', 'meeting_id', 'officer_id'], DONE,
    ),
    'ix_task_done_lead': (
        ['lead_unit_id', 'completed_at', 'id', 'due', 'owner_unit_id', 'meeting_id', 'officer_id'], DONE,
    ),
    'ix_task_due_owner': (
        ['owner_unit_id', 'due', 'completed_at', 'cancelled_at', 'lead_unit_id', 'officer_id'], '',
    ),
    'ix_task_due_officer': (['officer_id', 'due', 'owner_unit_id'], 'officer_id IS NOT NULL'),
    'ix_task_due_lead': (
        ['lead_unit_id', 'due', 'completed_at', 'cancelled_at', 'owner_unit_id', 'officer_id'], '',
    ),
}
#: Indexes of task whose work those do now.
REPLACED = {
    'ix_task_lead_unit_id_completed_at_due': ['lead_unit_id', 'completed_at', 'due'],
    'ix_task_owner_unit_id_completed_at_due': ['owner_unit_id', 'completed_at', 'due'],
}


def upgrade() -> None:
    op.create_table('fixed_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('by', sa.String(length=10), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('formula', sa.JSON(), nullable=False),
    sa.Column('fixed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('fixed_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['fixed_by_id'], ['user.id'], name=op.f('fk_fixed_record_fixed_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_fixed_record_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fixed_record')),
    sa.UniqueConstraint('unit_id', 'period', 'by', name=op.f('uq_fixed_record_unit_id_period_by'))
    )
    op.create_table('general_points',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('by', sa.String(length=10), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['set_by_id'], ['user.id'], name=op.f('fk_general_points_set_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_general_points_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_general_points')),
    sa.UniqueConstraint('unit_id', 'period', 'by', 'subject_id', name=op.f('uq_general_points_unit_id_period_by_subject_id'))
    )
    op.create_table('reminder_plan',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('ladder', sa.JSON(), nullable=False),
    sa.Column('digest_at', sa.Time(), nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=False),
    sa.Column('quiet_until', sa.Time(), nullable=False),
    sa.Column('rests', sa.Boolean(), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['user.id'], name=op.f('fk_reminder_plan_changed_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reminder_plan_unit_id_unit')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_reminder_plan'))
    )
    op.create_table('scoring_formula',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('grounds', sa.Text(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['user.id'], name=op.f('fk_scoring_formula_made_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_scoring_formula_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scoring_formula')),
    sa.UniqueConstraint('unit_id', 'valid_from', name=op.f('uq_scoring_formula_unit_id_valid_from'))
    )
    op.create_table('task_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('filename', sa.String(length=255), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_task_import_created_by_id_user')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_task_import_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_task_import_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_import'))
    )
    with op.batch_alter_table('task_import') as batch_op:
        batch_op.create_index(batch_op.f('ix_task_import_unit_id'), ['unit_id'], unique=False)

    op.create_table('carried_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('previous_id', sa.Integer(), nullable=False),
    sa.Column('material_id', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('presented_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['material_id'], ['material.id'], name=op.f('fk_carried_report_material_id_material')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_carried_report_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['previous_id'], ['meeting.id'], name=op.f('fk_carried_report_previous_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carried_report')),
    sa.UniqueConstraint('meeting_id', name=op.f('uq_carried_report_meeting_id'))
    )
    op.create_table('standing_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('direction_id', sa.Integer(), nullable=False),
    sa.Column('owner_unit_id', sa.Integer(), nullable=False),
    sa.Column('lead_unit_id', sa.Integer(), nullable=True),
    sa.Column('lead_name', sa.String(length=200), nullable=False),
    sa.Column('frequency', sa.String(length=20), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=True),
    sa.Column('day', sa.Integer(), nullable=True),
    sa.Column('month', sa.Integer(), nullable=True),
    sa.Column('hour', sa.Time(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('last_due', sa.Date(), nullable=True),
    sa.Column('opened_by_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['direction_id'], ['direction.id'], name=op.f('fk_standing_task_direction_id_direction')),
    sa.ForeignKeyConstraint(['lead_unit_id'], ['unit.id'], name=op.f('fk_standing_task_lead_unit_id_unit')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user.id'], name=op.f('fk_standing_task_opened_by_id_user')),
    sa.ForeignKeyConstraint(['owner_unit_id'], ['unit.id'], name=op.f('fk_standing_task_owner_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_standing_task')),
    sa.UniqueConstraint('direction_id', 'lead_name', name=op.f('uq_standing_task_direction_id_lead_name'))
    )
    with op.batch_alter_table('standing_task') as batch_op:
        batch_op.create_index(batch_op.f('ix_standing_task_lead_unit_id'), ['lead_unit_id'], unique=False)

    op.create_table('extension_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('old_due', sa.Date(), nullable=True),
    sa.Column('wanted', sa.Date(), nullable=False),
    sa.Column('granted', sa.Date(), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user.id'], name=op.f('fk_extension_request_asked_by_id_user')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_extension_request_decided_by_id_user')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_extension_request_task_id_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension_request'))
    )
    with op.batch_alter_table('extension_request') as batch_op:
        batch_op.create_index(batch_op.f('ix_extension_request_status'), ['status'], unique=False)
        batch_op.create_index(batch_op.f('ix_extension_request_task_id'), ['task_id'], unique=False)
        batch_op.create_index('uq_extension_request_open', ['task_id'], unique=True, sqlite_where=sa.text("status = 'asked'"), postgresql_where=sa.text("status = 'asked'"))

    op.create_table('task_person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('named_by_id', sa.Integer(), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['named_by_id'], ['user.id'], name=op.f('fk_task_person_named_by_id_user')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_person_task_id_task')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_task_person_unit_id_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_task_person_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_person')),
    sa.UniqueConstraint('task_id', 'unit_id', name=op.f('uq_task_person_task_id_unit_id'))
    )
    with op.batch_alter_table('task_person') as batch_op:
        batch_op.create_index(batch_op.f('ix_task_person_user_id'), ['user_id'], unique=False)

    op.create_table('told_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('notice_key', sa.String(length=120), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_told_task_task_id_task')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_told_task_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_told_task')),
    sa.UniqueConstraint('user_id', 'task_id', 'rule', 'due', name=op.f('uq_told_task_user_id_task_id_rule_due'))
    )
    with op.batch_alter_table('told_task') as batch_op:
        batch_op.create_index(batch_op.f('ix_told_task_task_id'), ['task_id'], unique=False)

    op.create_table('task_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('progress_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['progress_id'], ['progress.id'], name=op.f('fk_task_evidence_progress_id_progress')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_evidence'))
    )
    with op.batch_alter_table('task_evidence') as batch_op:
        batch_op.create_index(batch_op.f('ix_task_evidence_progress_id'), ['progress_id'], unique=False)

    with op.batch_alter_table('direction') as batch_op:
        batch_op.add_column(sa.Column('owner_unit_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('origin', sa.String(length=20), nullable=False, server_default='minutes'))
        batch_op.add_column(sa.Column('source', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('given_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('product', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('report_to', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('priority', sa.String(length=20), nullable=False, server_default='normal'))
        batch_op.add_column(sa.Column('officer_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('superseded_by_id', sa.Integer(), nullable=True))
        batch_op.alter_column('meeting_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('minutes_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_direction_minutes_id'), ['minutes_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direction_owner_unit_id'), ['owner_unit_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_direction_officer_id_user'), 'user', ['officer_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_direction_owner_unit_id_unit'), 'unit', ['owner_unit_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_direction_superseded_by_id_direction'), 'direction', ['superseded_by_id'], ['id'])

    with op.batch_alter_table('material') as batch_op:
        batch_op.add_column(sa.Column('leading', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('progress') as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=20), nullable=False, server_default='report'))

    with op.batch_alter_table('task') as batch_op:
        batch_op.add_column(sa.Column('first_due', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('period', sa.String(length=12), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('standing_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('product', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('report_to', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('priority', sa.String(length=20), nullable=False, server_default='normal'))
        batch_op.add_column(sa.Column('officer_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('accepted_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('superseded_by_id', sa.Integer(), nullable=True))
        batch_op.alter_column('meeting_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.drop_constraint(batch_op.f('uq_task_direction_id_lead_name'), type_='unique')
        batch_op.create_index(batch_op.f('ix_task_standing_id'), ['standing_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_task_direction_id_lead_name_period'), ['direction_id', 'lead_name', 'period'])
        batch_op.create_foreign_key(batch_op.f('fk_task_accepted_by_id_user'), 'user', ['accepted_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_task_superseded_by_id_direction'), 'direction', ['superseded_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_task_standing_id_standing_task'), 'standing_task', ['standing_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_task_officer_id_user'), 'user', ['officer_id'], ['id'])

    _fill()
    with op.batch_alter_table('direction') as batch_op:
        batch_op.alter_column('owner_unit_id', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('given_on', existing_type=sa.Date(), nullable=False)
    for table, columns in FILLED.items():
        with op.batch_alter_table(table) as batch_op:
            for column, (kind, _value) in columns.items():
                batch_op.alter_column(column, existing_type=kind, server_default=None)
    op.create_index('ix_extension_request_late', 'extension_request', ['task_id'], unique=False, sqlite_where=LATE_ON_SQLITE, postgresql_where=LATE_ON_POSTGRESQL)
    op.create_index('ix_progress_returned', 'progress', ['task_id'], unique=False, sqlite_where=RETURNED, postgresql_where=RETURNED)

    # Last: rebuilding a table on SQLite would leave the conditions of the part-indexes behind.
    for name in REPLACED:
        op.drop_index(name, table_name='task')
    for name, (columns, condition) in INDEXES.items():
        where = sa.text(condition) if condition else None
        op.create_index(name, 'task', columns, sqlite_where=where, postgresql_where=where)


def _fill() -> None:
    """Say of what is there who gave it and when; what was finished was agreed to by itself."""
    meeting = 'FROM meeting WHERE meeting.id = direction.meeting_id'
    sqlite = op.get_bind().dialect.name == 'sqlite'
    day = (
        "date(meeting.starts_at, '+7 hours')" if sqlite
        else "(meeting.starts_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    )
    op.execute(f'UPDATE direction SET owner_unit_id = (SELECT meeting.unit_id {meeting})')
    op.execute(f'UPDATE direction SET given_on = (SELECT {day} {meeting})')
    op.execute('UPDATE task SET first_due = due, claimed_at = completed_at, accepted_at = completed_at')


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name='task')
    for name, columns in REPLACED.items():
        op.create_index(name, 'task', columns)
    with op.batch_alter_table('task') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_task_officer_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_task_standing_id_standing_task'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_task_superseded_by_id_direction'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_task_accepted_by_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_task_direction_id_lead_name_period'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_task_standing_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_task_direction_id_lead_name'), ['direction_id', 'lead_name'])
        batch_op.alter_column('meeting_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('superseded_by_id')
        batch_op.drop_column('accepted_by_id')
        batch_op.drop_column('accepted_at')
        batch_op.drop_column('returned_at')
        batch_op.drop_column('claimed_at')
        batch_op.drop_column('officer_id')
        batch_op.drop_column('priority')
        batch_op.drop_column('report_to')
        batch_op.drop_column('product')
        batch_op.drop_column('standing_id')
        batch_op.drop_column('period')
        batch_op.drop_column('first_due')

    with op.batch_alter_table('progress') as batch_op:
        batch_op.drop_index('ix_progress_returned', postgresql_where=RETURNED)
        batch_op.drop_column('kind')

    with op.batch_alter_table('material') as batch_op:
        batch_op.drop_column('leading')

    with op.batch_alter_table('direction') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_direction_superseded_by_id_direction'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_direction_owner_unit_id_unit'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_direction_officer_id_user'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_direction_owner_unit_id'))
        batch_op.drop_index(batch_op.f('ix_direction_minutes_id'))
        batch_op.alter_column('minutes_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.alter_column('meeting_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('superseded_by_id')
        batch_op.drop_column('officer_id')
        batch_op.drop_column('priority')
        batch_op.drop_column('report_to')
        batch_op.drop_column('product')
        batch_op.drop_column('given_on')
        batch_op.drop_column('source')
        batch_op.drop_column('origin')
        batch_op.drop_column('owner_unit_id')

    with op.batch_alter_table('task_evidence') as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_evidence_progress_id'))

    op.drop_table('task_evidence')
    with op.batch_alter_table('told_task') as batch_op:
        batch_op.drop_index(batch_op.f('ix_told_task_task_id'))

    op.drop_table('told_task')
    with op.batch_alter_table('task_person') as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_person_user_id'))

    op.drop_table('task_person')
    with op.batch_alter_table('extension_request') as batch_op:
        batch_op.drop_index(batch_op.f('ix_extension_request_task_id'))
        batch_op.drop_index(batch_op.f('ix_extension_request_status'))

    op.drop_table('extension_request')
    with op.batch_alter_table('standing_task') as batch_op:
        batch_op.drop_index(batch_op.f('ix_standing_task_lead_unit_id'))

    op.drop_table('standing_task')
    op.drop_table('carried_report')
    with op.batch_alter_table('task_import') as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_import_unit_id'))

    op.drop_table('task_import')
    op.drop_table('scoring_formula')
    op.drop_table('reminder_plan')
    op.drop_table('general_points')
    op.drop_table('fixed_record')
