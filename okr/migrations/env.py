"""How Alembic reaches the database: over the connection that the store has opened."""

from alembic import context

import okr.board_tables
import okr.comment_tables
import okr.delivery_tables
import okr.record_tables
import okr.rule_tables
import okr.update_tables  # noqa: F401 - their tables belong to the metadata too
from okr.models import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
