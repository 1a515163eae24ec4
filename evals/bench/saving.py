"""How long it takes until a check-in is saved, in a store of any size."""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from okr.models import check_ins, key_results, people
from okr.store import open_store

WANTED_P95 = 100.0


def save_check_ins(home: Path, times: int) -> tuple[tuple[float, float], ...]:
    """Milliseconds by the wall's clock and of computing for so many check-ins, each by another key result's owner.

    Each is taken back afterwards, so that a kept company answers as before.
    """
    store = open_store(home)
    try:
        owned = (
            sa.select(key_results.c.key, people.c.email, key_results.c.current)
            .join(people, people.c.id == key_results.c.owner_id)
            .where(key_results.c.live, key_results.c.open, key_results.c.kind == "measure", people.c.active)
            .where(key_results.c.current.is_not(None))
            .order_by(sa.func.abs(key_results.c.id * 7919 % 10_007), key_results.c.id)
            .limit(times)
        )
        with store.database.read() as connection:
            rows = connection.execute(owned).all()
            now = connection.execute(sa.select(sa.func.max(check_ins.c.at))).scalar_one()
        taken = []
        for row in rows:
            actor = store.actor(row.email)
            values = {"value": row.current, "confidence": 3, "note": "As it was, and steady."}
            began, computing = time.perf_counter(), time.process_time()
            saved = store.check_in(actor, row.key, values, now, sure=True)
            taken.append(((time.perf_counter() - began) * 1000, (time.process_time() - computing) * 1000))
            store.withdraw_check_in(actor, saved.key, now)
    finally:
        store.close()
    return tuple(taken)
