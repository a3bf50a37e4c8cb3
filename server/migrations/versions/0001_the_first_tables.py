"""The first tables.

Revision: 0001
After:
"""

import sqlalchemy as sa
from alembic import op

from server.models.derived import posting_view

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "postgresql" and not sa.inspect(op.get_bind()).has_schema(
        "derived"
    ):
        op.execute("CREATE SCHEMA derived")
    op.create_table(
        "activity",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("certified", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_activity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assignment",
        sa.Column("shift", sa.String(length=20), nullable=False),
        sa.Column("volunteer", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "shift", "volunteer", "valid_from", "entered", name=op.f("pk_assignment")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "badge",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("issued_s", sa.BigInteger(), nullable=False),
        sa.Column("expires_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", "serial", name=op.f("pk_badge")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "badge_revocation",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", "entry_hash", name=op.f("pk_badge_revocation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolment",
        sa.Column("log", sa.String(length=32), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "from_ms", name=op.f("pk_enrolment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolment_attempt",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "window", name=op.f("pk_enrolment_attempt")),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_code")),
    )
    op.create_table(
        "head_signature",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", "hash", name=op.f("pk_head_signature")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "insurance",
        sa.Column("volunteer", sa.String(length=20), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "volunteer", "policy", "first_day", "valid_from", "entered", name=op.f("pk_insurance")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.BigInteger(), nullable=False),
        sa.Column("contact_ms", sa.BigInteger(), nullable=False),
        sa.Column("software", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
        sa.UniqueConstraint("name", name=op.f("uq_log_name")),
    )
    op.create_table(
        "log_entry",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "seq", "slot", name=op.f("pk_log_entry")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_range",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "head", name=op.f("pk_log_range")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "person_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_queue")),
    )
    op.create_table(
        "policy",
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "site", "key", "valid_from", "entered", name=op.f("pk_policy")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_post")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reference_change",
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entered", name=op.f("pk_reference_change")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_region")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        sa.UniqueConstraint("digest", name=op.f("uq_set_aside_digest")),
    )
    op.create_table(
        "shift",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_shift")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("latitude_e6", sa.Integer(), nullable=True),
        sa.Column("longitude_e6", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_site")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff")),
    )
    op.create_table(
        "team",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", "entered", name=op.f("pk_team")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "training",
        sa.Column("volunteer", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hours_e2", sa.Integer(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "volunteer", "name", "day", "valid_from", "entered", name=op.f("pk_training")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "volunteer",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("born", sa.Integer(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entered", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", "valid_from", "entered", name=op.f("pk_volunteer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "finding",
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("about", "rule", "digest", name=op.f("pk_finding")),
        schema="derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_state",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("ranges", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled", sa.LargeBinary(), nullable=False),
        sa.Column("frontier_ms", sa.BigInteger(), nullable=True),
        sa.Column("gaps", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_state")),
        schema="derived",
    )
    op.create_table(
        "loose_scan",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "hash", name=op.f("pk_loose_scan")),
        schema="derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mark",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "kind", "seq", "slot", name=op.f("pk_mark")),
        schema="derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_done",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_done")),
        schema="derived",
    )
    op.create_table(
        "posting_part",
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=4), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "who", "day", "record", "verdict", "cause", name=op.f("pk_posting_part")
        ),
        schema="derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record",
        sa.Column(
            "row",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("who", sa.String(length=20), nullable=False),
        sa.Column("in_ms", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("out_ms", sa.BigInteger(), nullable=True),
        sa.Column("within_ms", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=4), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_record")),
        schema="derived",
    )
    with op.batch_alter_table("record", schema="derived") as batch_op:
        batch_op.create_index(batch_op.f("ix_derived_record_who"), ["who"], unique=False)

    op.execute(posting_view(op.get_bind().dialect.name))


def downgrade() -> None:
    """Go back."""
    op.execute("DROP VIEW derived.posting")
    with op.batch_alter_table("record", schema="derived") as batch_op:
        batch_op.drop_index(batch_op.f("ix_derived_record_who"))

    op.drop_table("record", schema="derived")
    op.drop_table("posting_part", schema="derived")
    op.drop_table("person_done", schema="derived")
    op.drop_table("mark", schema="derived")
    op.drop_table("loose_scan", schema="derived")
    op.drop_table("log_state", schema="derived")
    op.drop_table("finding", schema="derived")
    op.drop_table("volunteer")
    op.drop_table("training")
    op.drop_table("team")
    op.drop_table("staff")
    op.drop_table("site")
    op.drop_table("shift")
    op.drop_table("set_aside")
    op.drop_table("region")
    op.drop_table("reference_change")
    op.drop_table("post")
    op.drop_table("policy")
    op.drop_table("person_queue")
    op.drop_table("meta")
    op.drop_table("log_range")
    op.drop_table("log_entry")
    op.drop_table("log")
    op.drop_table("insurance")
    op.drop_table("head_signature")
    op.drop_table("enrolment_code")
    op.drop_table("enrolment_attempt")
    op.drop_table("enrolment")
    op.drop_table("badge_revocation")
    op.drop_table("badge")
    op.drop_table("assignment")
    op.drop_table("activity")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA derived")
