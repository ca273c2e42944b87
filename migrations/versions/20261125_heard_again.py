"""recordings have clocks and tracks, chunks can be heard again, segments know their words

Revision: 20261125_heard_again
After: 20261123_the_house
Made: 2026-11-25 18:47:41.845552
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '20261125_heard_again'
down_revision = '20261123_the_house'
branch_labels = None
depends_on = None

#: Column by table: name, type, and what rows that are there already get.
NEW = {
    'chunk': [
        ('take', sa.Integer(), '1'), ('model', sa.String(length=500), ''),
        ('takes', sa.JSON(), '[]'),
    ],
    'recording': [('track', sa.String(length=200), '')],
    'segment': [
        ('take', sa.Integer(), '1'), ('current', sa.Boolean(), sa.true()),
        ('words', sa.JSON(), '[]'), ('repairs', sa.JSON(), '[]'),
        ('assigned', sa.Boolean(), sa.false()),
    ],
    'transcript': [('engine', sa.String(length=40), '')],
}

#: Index of the chunks by its name: the claims and the pace are read along these.
INDEXES = {
    'ix_chunk_transcript_id_status_ordinal': ['transcript_id', 'status', 'ordinal'],
    'ix_chunk_transcript_id_finished_at': ['transcript_id', 'finished_at'],
    'ix_chunk_finished_at': ['finished_at'],
}


def upgrade() -> None:
    op.create_table('glossary_term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('heard', sa.String(length=200), nullable=False),
    sa.Column('meant', sa.String(length=200), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_glossary_term_meeting_id_meeting')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_glossary_term_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_glossary_term')),
    sa.UniqueConstraint('unit_id', 'heard', 'meant', name=op.f('uq_glossary_term_unit_id_heard_meant'))
    )
    for table, added in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name, kind, there in added:
                batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=there))
        with op.batch_alter_table(table) as batch_op:
            for name, kind, _ in added:
                batch_op.alter_column(name, existing_type=kind, server_default=None)
    for name, columns in INDEXES.items():
        op.create_index(name, 'chunk', columns)
    op.execute("UPDATE chunk SET take = 0 WHERE status IN ('pending', 'claimed', 'failed')")
    with op.batch_alter_table('recording') as batch_op:
        batch_op.add_column(sa.Column('begins_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('track_unit_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_recording_track_unit_id_unit'), 'unit', ['track_unit_id'], ['id'])
    # numbers of sentences are never given twice: drafts cite them
    with op.batch_alter_table('segment', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('agenda', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_segment_chunk_id_ordinal'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_segment_chunk_id_take_ordinal'), ['chunk_id', 'take', 'ordinal'])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, 'chunk')
    with op.batch_alter_table('segment') as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_segment_chunk_id_take_ordinal'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_segment_chunk_id_ordinal'), ['chunk_id', 'ordinal'])
        batch_op.drop_column('agenda')
    with op.batch_alter_table('recording') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_recording_track_unit_id_unit'), type_='foreignkey')
        batch_op.drop_column('track_unit_id')
        batch_op.drop_column('begins_at')
    for table, added in NEW.items():
        with op.batch_alter_table(table) as batch_op:
            for name, _, _ in added:
                batch_op.drop_column(name)
    op.drop_table('glossary_term')
