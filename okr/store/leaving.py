"""Somebody leaves: what they own goes to others and they are made inactive, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotAllowedError
from okr.refusals import RefusedError
from okr.store import keeping_rules as rules
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.keeping import Saved, carry_out, plan_change
from okr.store.lookup import find


class LeavingPart:
    """The store's command for people who leave."""

    database: Database

    def leave(
        self, actor: Actor, email: str, to_email: str | None, now: datetime, *, others: Mapping[str, str] | None = None
    ) -> list[Saved]:
        """Hand over what the person owns and make them inactive; what was changed, the person last.

        All goes to `to_email`, except what `others` gives to somebody else, by "kind:id" such as
        "key_result:KR-12". With nobody to take it `RefusedError` names what is still owned. For admins.
        """
        if not actor.is_admin:
            raise NotAllowedError("make people inactive")
        apart = others or {}

        def done(connection: Connection) -> tuple[str, list[Saved]]:
            leaver = find(connection, actor, "person", email)
            saved: list[Saved] = []
            for kind, name, row in list(rules.owned(connection, leaver.id)):
                to = apart.get(f"{kind}:{row.key}") or to_email
                if to is None:
                    continue  # What is left is told by name a moment later.
                if to.strip().lower() == leaver.email:
                    raise RefusedError("to_oneself", person=leaver.name)
                plan = plan_change(connection, actor, kind, str(row.key), {name: to}, now)
                saved.append(carry_out(connection, actor, plan, now))
            plan = plan_change(connection, actor, "person", leaver.email, {"active": False}, now)
            saved.append(carry_out(connection, actor, plan, now))
            return leaver.email, saved

        return audited(self.database, actor, now, "leave", "person", done, email)
