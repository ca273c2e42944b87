"""series, answers, calendars, conferences, guarded materials, packs and reports due

Revision: 20261126_meetings_and_materials
After: 20261125_heard_again
Made: 2026-11-26 01:19:55.718335
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '20261126_meetings_and_materials'
down_revision = '20261125_heard_again'
branch_labels = None
depends_on = None

#: Columns that get a value for the rows that are there, and no default afterwards.
FILLED = {
    'attendance': {'source': sa.String(length=20)},
    'invitation': {'answer': sa.String(length=20), 'attendee': sa.String(length=200), 'reason': sa.Text(), 'consent': sa.String(length=20)},
    'mail': {'calendar': sa.Text(), 'calendar_method': sa.String(length=20), 'reply_to': sa.String(length=200)},
    'material': {'access': sa.String(length=20), 'guard': sa.String(length=20)},
    'material_version': {'preview': sa.String(length=20), 'preview_attempts': sa.Integer(), 'text_key': sa.String(length=200)},
    'meeting': {'own_parts': sa.JSON(), 'uid': sa.String(length=60), 'sequence': sa.Integer(), 'moved_sequence': sa.Integer(), 'letter_number': sa.String(length=60), 'engine': sa.String(length=20), 'room': sa.JSON()},
}


def upgrade() -> None:
    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_calendar_feed_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    with op.batch_alter_table('calendar_feed') as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_feed_user_id'), ['user_id'], unique=False)

    op.create_table('series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('rule', sa.String(length=300), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('begins', sa.Time(), nullable=False),
    sa.Column('duration', sa.Integer(), nullable=False),
    sa.Column('holidays', sa.String(length=20), nullable=False),
    sa.Column('template', sa.JSON(), nullable=False),
    sa.Column('uid', sa.String(length=60), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_series_created_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_series_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('uid', name=op.f('uq_series_uid'))
    )
    with op.batch_alter_table('series') as batch_op:
        batch_op.create_index(batch_op.f('ix_series_unit_id'), ['unit_id'], unique=False)

    op.create_table('conference_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('person_ref', sa.String(length=80), nullable=False),
    sa.Column('session', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_conference_event_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_conference_event_unit_id_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_conference_event_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conference_event')),
    sa.UniqueConstraint('meeting_id', 'key', name=op.f('uq_conference_event_meeting_id_key'))
    )
    with op.batch_alter_table('conference_event') as batch_op:
        batch_op.create_index('ix_conference_event_meeting_id_at', ['meeting_id', 'at'], unique=False)

    op.create_table('conference_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('person_ref', sa.String(length=80), nullable=False),
    sa.Column('uri', sa.Text(), nullable=False),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('owner', sa.String(length=80), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_conference_part_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conference_part')),
    sa.UniqueConstraint('meeting_id', 'key', name=op.f('uq_conference_part_meeting_id_key'))
    )
    op.create_table('pack',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('manifest', sa.JSON(), nullable=False),
    sa.Column('made_for_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_for_id'], ['user.id'], name=op.f('fk_pack_made_for_id_user')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_pack_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_pack'))
    )
    with op.batch_alter_table('pack') as batch_op:
        batch_op.create_index('ix_pack_meeting_id', ['meeting_id'], unique=False)

    op.create_table('personal_invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('answer', sa.String(length=20), nullable=False),
    sa.Column('attendee', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('consent', sa.String(length=20), nullable=False),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attendee_id', sa.Integer(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('consented_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_personal_invitation_answered_by_id_user')),
    sa.ForeignKeyConstraint(['attendee_id'], ['user.id'], name=op.f('fk_personal_invitation_attendee_id_user')),
    sa.ForeignKeyConstraint(['consented_by_id'], ['user.id'], name=op.f('fk_personal_invitation_consented_by_id_user')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_personal_invitation_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_personal_invitation_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_invitation')),
    sa.UniqueConstraint('meeting_id', 'user_id', name=op.f('uq_personal_invitation_meeting_id_user_id'))
    )
    with op.batch_alter_table('personal_invitation') as batch_op:
        batch_op.create_index(batch_op.f('ix_personal_invitation_user_id'), ['user_id'], unique=False)

    op.create_table('material_unit',
    sa.Column('material_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['material_id'], ['material.id'], name=op.f('fk_material_unit_material_id_material')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_material_unit_unit_id_unit')),
    sa.PrimaryKeyConstraint('material_id', 'unit_id', name=op.f('pk_material_unit'))
    )
    op.create_table('report_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('agenda_item_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('material_id', sa.Integer(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agenda_item_id'], ['agenda_item.id'], name=op.f('fk_report_request_agenda_item_id_agenda_item'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_report_request_created_by_id_user')),
    sa.ForeignKeyConstraint(['material_id'], ['material.id'], name=op.f('fk_report_request_material_id_material')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_report_request_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_report_request_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_request')),
    sa.UniqueConstraint('meeting_id', 'unit_id', 'title', name=op.f('uq_report_request_meeting_id_unit_id_title'))
    )
    with op.batch_alter_table('report_request') as batch_op:
        batch_op.create_index(batch_op.f('ix_report_request_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_report_request_unit_id'), ['unit_id'], unique=False)

    op.create_table('material_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['material_version.id'], name=op.f('fk_material_page_version_id_material_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_material_page')),
    sa.UniqueConstraint('version_id', 'number', name=op.f('uq_material_page_version_id_number'))
    )
    op.create_table('material_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.String(length=40), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('agenda_item_id', sa.Integer(), nullable=True),
    sa.Column('material_id', sa.Integer(), nullable=True),
    sa.Column('report_request_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('access', sa.String(length=20), nullable=False),
    sa.Column('guard', sa.String(length=20), nullable=False),
    sa.Column('unit_ids', sa.JSON(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('offset', sa.BigInteger(), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.Column('refusal', sa.Text(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agenda_item_id'], ['agenda_item.id'], name=op.f('fk_material_upload_agenda_item_id_agenda_item'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['material_id'], ['material.id'], name=op.f('fk_material_upload_material_id_material')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_material_upload_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['report_request_id'], ['report_request.id'], name=op.f('fk_material_upload_report_request_id_report_request')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_material_upload_uploaded_by_id_user')),
    sa.ForeignKeyConstraint(['version_id'], ['material_version.id'], name=op.f('fk_material_upload_version_id_material_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_material_upload')),
    sa.UniqueConstraint('upload_id', name=op.f('uq_material_upload_upload_id'))
    )
    with op.batch_alter_table('material_upload') as batch_op:
        batch_op.create_index(batch_op.f('ix_material_upload_meeting_id'), ['meeting_id'], unique=False)

    with op.batch_alter_table('attendance') as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=20), nullable=False, server_default='roll'))

    with op.batch_alter_table('invitation') as batch_op:
        batch_op.add_column(sa.Column('answer', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('attendee', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reason', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('consent', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('attendee_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('answered_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('consented_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_invitation_answered_by_id_user'), 'user', ['answered_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_invitation_attendee_id_user'), 'user', ['attendee_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_invitation_consented_by_id_user'), 'user', ['consented_by_id'], ['id'])

    with op.batch_alter_table('mail') as batch_op:
        batch_op.add_column(sa.Column('calendar', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('calendar_method', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reply_to', sa.String(length=200), nullable=False, server_default=''))

    with op.batch_alter_table('material') as batch_op:
        batch_op.add_column(sa.Column('access', sa.String(length=20), nullable=False, server_default='all'))
        batch_op.add_column(sa.Column('guard', sa.String(length=20), nullable=False, server_default='none'))

    with op.batch_alter_table('material_version') as batch_op:
        batch_op.add_column(sa.Column('crc32', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('preview', sa.String(length=20), nullable=False, server_default='waiting'))
        batch_op.add_column(sa.Column('preview_attempts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('preview_owner', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('preview_lease_expires_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('page_count', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('text_key', sa.String(length=200), nullable=False, server_default=''))
        batch_op.create_index(batch_op.f('ix_material_version_preview'), ['preview'], unique=False)

    with op.batch_alter_table('meeting') as batch_op:
        batch_op.add_column(sa.Column('series_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('occurrence', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('own_parts', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('uid', sa.String(length=60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('moved_sequence', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('letter_number', sa.String(length=60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('engine', sa.String(length=20), nullable=False, server_default='link'))
        batch_op.add_column(sa.Column('room', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.create_index(batch_op.f('ix_meeting_series_id'), ['series_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_uid'), ['uid'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_meeting_series_id_occurrence'), ['series_id', 'occurrence'])
        batch_op.create_foreign_key(batch_op.f('fk_meeting_series_id_series'), 'series', ['series_id'], ['id'])
    # names of events that are there already; then no default stays
    name = {'sqlite': 'lower(hex(randomblob(16)))', 'postgresql': 'md5(random()::text || id::text)'}
    op.execute(f"UPDATE meeting SET uid = {name[op.get_bind().dialect.name]}")
    for table, columns in FILLED.items():
        with op.batch_alter_table(table) as batch_op:
            for column, kind in columns.items():
                batch_op.alter_column(column, existing_type=kind, server_default=None)



def downgrade() -> None:
    with op.batch_alter_table('meeting') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_meeting_series_id_series'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_meeting_series_id_occurrence'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_meeting_uid'))
        batch_op.drop_index(batch_op.f('ix_meeting_series_id'))
        batch_op.drop_column('room')
        batch_op.drop_column('engine')
        batch_op.drop_column('letter_number')
        batch_op.drop_column('moved_sequence')
        batch_op.drop_column('sequence')
        batch_op.drop_column('uid')
        batch_op.drop_column('own_parts')
        batch_op.drop_column('occurrence')
        batch_op.drop_column('series_id')

    with op.batch_alter_table('material_version') as batch_op:
        batch_op.drop_index(batch_op.f('ix_material_version_preview'))
        batch_op.drop_column('text_key')
        batch_op.drop_column('page_count')
        batch_op.drop_column('preview_lease_expires_at')
        batch_op.drop_column('preview_owner')
        batch_op.drop_column('preview_attempts')
        batch_op.drop_column('preview')
        batch_op.drop_column('crc32')

    with op.batch_alter_table('material') as batch_op:
        batch_op.drop_column('guard')
        batch_op.drop_column('access')

    with op.batch_alter_table('mail') as batch_op:
        batch_op.drop_column('reply_to')
        batch_op.drop_column('calendar_method')
        batch_op.drop_column('calendar')

    with op.batch_alter_table('invitation') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_invitation_consented_by_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_invitation_attendee_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_invitation_answered_by_id_user'), type_='foreignkey')
        batch_op.drop_column('consented_by_id')
        batch_op.drop_column('answered_by_id')
        batch_op.drop_column('attendee_id')
        batch_op.drop_column('consented_at')
        batch_op.drop_column('consent')
        batch_op.drop_column('answered_at')
        batch_op.drop_column('reason')
        batch_op.drop_column('attendee')
        batch_op.drop_column('answer')

    with op.batch_alter_table('attendance') as batch_op:
        batch_op.drop_column('source')

    with op.batch_alter_table('material_upload') as batch_op:
        batch_op.drop_index(batch_op.f('ix_material_upload_meeting_id'))

    op.drop_table('material_upload')
    op.drop_table('material_page')
    with op.batch_alter_table('report_request') as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_request_unit_id'))
        batch_op.drop_index(batch_op.f('ix_report_request_due_at'))

    op.drop_table('report_request')
    op.drop_table('material_unit')
    with op.batch_alter_table('personal_invitation') as batch_op:
        batch_op.drop_index(batch_op.f('ix_personal_invitation_user_id'))

    op.drop_table('personal_invitation')
    with op.batch_alter_table('pack') as batch_op:
        batch_op.drop_index('ix_pack_meeting_id')

    op.drop_table('pack')
    op.drop_table('conference_part')
    with op.batch_alter_table('conference_event') as batch_op:
        batch_op.drop_index('ix_conference_event_meeting_id_at')

    op.drop_table('conference_event')
    with op.batch_alter_table('series') as batch_op:
        batch_op.drop_index(batch_op.f('ix_series_unit_id'))

    op.drop_table('series')
    with op.batch_alter_table('calendar_feed') as batch_op:
        batch_op.drop_index(batch_op.f('ix_calendar_feed_user_id'))

    op.drop_table('calendar_feed')
