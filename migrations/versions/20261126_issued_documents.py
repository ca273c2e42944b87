"""register, official documents, signatures, distribution, office templates, delegations

Revision: 20261126_issued_documents
After: 20261126_meetings_and_materials
Made: 2026-11-26 06:29:30.361888
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '20261126_issued_documents'
down_revision = '20261126_meetings_and_materials'
branch_labels = None
depends_on = None

#: Columns that get a value for the rows that are there, and no default afterwards.
FILLED = {
    'approval': {'capacity': sa.String(length=200)},
    'minutes': {'drafter': sa.String(length=120), 'drafter_note': sa.String(length=300)},
    'minutes_version': {
        'minutes_template': sa.String(length=64), 'notice_template': sa.String(length=64),
    },
}


def upgrade() -> None:
    op.create_table('print',
    sa.Column('docx_sha256', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=60), nullable=False),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=False),
    sa.Column('page_count', sa.Integer(), nullable=True),
    sa.Column('pages', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('docx_sha256', name=op.f('pk_print'))
    )
    with op.batch_alter_table('print') as batch_op:
        batch_op.create_index(batch_op.f('ix_print_status'), ['status'], unique=False)

    op.create_table('delegation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('order', sa.String(length=10), nullable=False),
    sa.Column('post', sa.String(length=160), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=False),
    sa.Column('grounds', sa.String(length=300), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_delegation_created_by_id_user')),
    sa.ForeignKeyConstraint(['deputy_id'], ['user.id'], name=op.f('fk_delegation_deputy_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_delegation_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    with op.batch_alter_table('delegation') as batch_op:
        batch_op.create_index(batch_op.f('ix_delegation_unit_id'), ['unit_id'], unique=False)

    op.create_table('office_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('placeholders', sa.JSON(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('used_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_office_template_unit_id_unit')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_office_template_uploaded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_template'))
    )
    with op.batch_alter_table('office_template') as batch_op:
        batch_op.create_index(batch_op.f('ix_office_template_unit_id'), ['unit_id'], unique=False)

    op.create_table('register_book',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('document_type', sa.String(length=10), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_register_book_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_book')),
    sa.UniqueConstraint('unit_id', 'document_type', 'year', name=op.f('uq_register_book_unit_id_document_type_year'))
    )
    op.create_table('signing_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('certificates', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('serial', sa.String(length=80), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_to', sa.DateTime(timezone=True), nullable=False),
    sa.Column('file_key', sa.String(length=200), nullable=False),
    sa.Column('token', sa.String(length=120), nullable=False),
    sa.Column('token_key', sa.String(length=120), nullable=False),
    sa.Column('picture_key', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_signing_key_created_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_signing_key_unit_id_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_signing_key_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signing_key'))
    )
    with op.batch_alter_table('signing_key') as batch_op:
        batch_op.create_index(batch_op.f('ix_signing_key_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signing_key_user_id'), ['user_id'], unique=False)

    op.create_table('register_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('notation', sa.String(length=40), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('subject', sa.String(length=500), nullable=False),
    sa.Column('signer', sa.String(length=200), nullable=False),
    sa.Column('recipients', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=200), nullable=False),
    sa.Column('page_count', sa.Integer(), nullable=True),
    sa.Column('reserved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reserved_by_id', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['register_book.id'], name=op.f('fk_register_entry_book_id_register_book')),
    sa.ForeignKeyConstraint(['cancelled_by_id'], ['user.id'], name=op.f('fk_register_entry_cancelled_by_id_user')),
    sa.ForeignKeyConstraint(['reserved_by_id'], ['user.id'], name=op.f('fk_register_entry_reserved_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('book_id', 'number', name=op.f('uq_register_entry_book_id_number'))
    )
    op.create_table('word_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('base_version', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('blocks', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('remarks', sa.JSON(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_word_file_minutes_id_minutes')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_word_file_uploaded_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_word_file'))
    )
    with op.batch_alter_table('word_file') as batch_op:
        batch_op.create_index(batch_op.f('ix_word_file_minutes_id'), ['minutes_id'], unique=False)

    op.create_table('official_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('approval_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('docx_sha256', sa.String(length=64), nullable=False),
    sa.Column('signed_sha256', sa.String(length=64), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('public_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('registered_by_id', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], name=op.f('fk_official_document_approval_id_approval')),
    sa.ForeignKeyConstraint(['corrects_id'], ['official_document.id'], name=op.f('fk_official_document_corrects_id_official_document')),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_official_document_entry_id_register_entry')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['user.id'], name=op.f('fk_official_document_issued_by_id_user')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_official_document_minutes_id_minutes')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['user.id'], name=op.f('fk_official_document_registered_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_document')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_official_document_entry_id'))
    )
    with op.batch_alter_table('official_document') as batch_op:
        batch_op.create_index(batch_op.f('ix_official_document_corrects_id'), ['corrects_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_document_issued_at'), ['issued_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_document_minutes_id'), ['minutes_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_document_public_at'), ['public_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_document_status'), ['status'], unique=False)

    op.create_table('reopening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('approval_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reopened_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approval_id'], ['approval.id'], name=op.f('fk_reopening_approval_id_approval')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_reopening_minutes_id_minutes')),
    sa.ForeignKeyConstraint(['reopened_by_id'], ['user.id'], name=op.f('fk_reopening_reopened_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reopening')),
    sa.UniqueConstraint('approval_id', name=op.f('uq_reopening_approval_id'))
    )
    with op.batch_alter_table('reopening') as batch_op:
        batch_op.create_index(batch_op.f('ix_reopening_minutes_id'), ['minutes_id'], unique=False)

    op.create_table('delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('recipient', sa.String(length=200), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('organ_id', sa.String(length=40), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('opened_sha256', sa.String(length=64), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['official_document.id'], name=op.f('fk_delivery_document_id_official_document')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user.id'], name=op.f('fk_delivery_opened_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_delivery_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('document_id', 'recipient', name=op.f('uq_delivery_document_id_recipient'))
    )
    with op.batch_alter_table('delivery') as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_unit_id'), ['unit_id'], unique=False)

    op.create_table('signature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.String(length=40), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('serial', sa.String(length=80), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('before_sha256', sa.String(length=64), nullable=False),
    sa.Column('after_sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['official_document.id'], name=op.f('fk_signature_document_id_official_document')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_signature_unit_id_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_signature_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature')),
    sa.UniqueConstraint('document_id', 'place', name=op.f('uq_signature_document_id_place'))
    )
    with op.batch_alter_table('signature') as batch_op:
        batch_op.create_index(batch_op.f('ix_signature_user_id'), ['user_id'], unique=False)

    op.create_table('delivery_status',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=2), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_delivery_status_delivery_id_delivery')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_status')),
    sa.UniqueConstraint('delivery_id', 'code', 'reported_at', name=op.f('uq_delivery_status_delivery_id_code_reported_at'))
    )
    op.create_table('prepared_signature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('signature_id', sa.Integer(), nullable=False),
    sa.Column('key_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('before_sha256', sa.String(length=64), nullable=False),
    sa.Column('file_key', sa.String(length=200), nullable=False),
    sa.Column('attributes', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=128), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['key_id'], ['signing_key.id'], name=op.f('fk_prepared_signature_key_id_signing_key')),
    sa.ForeignKeyConstraint(['signature_id'], ['signature.id'], name=op.f('fk_prepared_signature_signature_id_signature')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_prepared_signature_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prepared_signature'))
    )
    with op.batch_alter_table('prepared_signature') as batch_op:
        batch_op.create_index(batch_op.f('ix_prepared_signature_signature_id'), ['signature_id'], unique=False)

    with op.batch_alter_table('approval') as batch_op:
        batch_op.add_column(sa.Column('capacity', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_approval_minutes_id'), type_='unique')
        batch_op.create_index(batch_op.f('ix_approval_minutes_id'), ['minutes_id'], unique=False)

    with op.batch_alter_table('minutes') as batch_op:
        batch_op.add_column(sa.Column('drafter', sa.String(length=120), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('drafter_note', sa.String(length=300), nullable=False, server_default=''))

    with op.batch_alter_table('minutes_version') as batch_op:
        batch_op.add_column(sa.Column('minutes_template', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('notice_template', sa.String(length=64), nullable=False, server_default=''))
    for table, columns in FILLED.items():
        with op.batch_alter_table(table) as batch_op:
            for column, kind in columns.items():
                batch_op.alter_column(column, existing_type=kind, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('minutes_version') as batch_op:
        batch_op.drop_column('notice_template')
        batch_op.drop_column('minutes_template')

    with op.batch_alter_table('minutes') as batch_op:
        batch_op.drop_column('drafter_note')
        batch_op.drop_column('drafter')

    with op.batch_alter_table('approval') as batch_op:
        batch_op.drop_index(batch_op.f('ix_approval_minutes_id'))
        batch_op.create_unique_constraint(batch_op.f('uq_approval_minutes_id'), ['minutes_id'])
        batch_op.drop_column('voided_at')
        batch_op.drop_column('capacity')

    with op.batch_alter_table('prepared_signature') as batch_op:
        batch_op.drop_index(batch_op.f('ix_prepared_signature_signature_id'))

    op.drop_table('prepared_signature')
    op.drop_table('delivery_status')
    with op.batch_alter_table('signature') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signature_user_id'))

    op.drop_table('signature')
    with op.batch_alter_table('delivery') as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_unit_id'))

    op.drop_table('delivery')
    with op.batch_alter_table('reopening') as batch_op:
        batch_op.drop_index(batch_op.f('ix_reopening_minutes_id'))

    op.drop_table('reopening')
    with op.batch_alter_table('official_document') as batch_op:
        batch_op.drop_index(batch_op.f('ix_official_document_status'))
        batch_op.drop_index(batch_op.f('ix_official_document_public_at'))
        batch_op.drop_index(batch_op.f('ix_official_document_minutes_id'))
        batch_op.drop_index(batch_op.f('ix_official_document_issued_at'))
        batch_op.drop_index(batch_op.f('ix_official_document_corrects_id'))

    op.drop_table('official_document')
    with op.batch_alter_table('word_file') as batch_op:
        batch_op.drop_index(batch_op.f('ix_word_file_minutes_id'))

    op.drop_table('word_file')
    op.drop_table('register_entry')
    with op.batch_alter_table('signing_key') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signing_key_user_id'))
        batch_op.drop_index(batch_op.f('ix_signing_key_unit_id'))

    op.drop_table('signing_key')
    op.drop_table('register_book')
    with op.batch_alter_table('office_template') as batch_op:
        batch_op.drop_index(batch_op.f('ix_office_template_unit_id'))

    op.drop_table('office_template')
    with op.batch_alter_table('delegation') as batch_op:
        batch_op.drop_index(batch_op.f('ix_delegation_unit_id'))

    op.drop_table('delegation')
    with op.batch_alter_table('print') as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_status'))

    op.drop_table('print')
