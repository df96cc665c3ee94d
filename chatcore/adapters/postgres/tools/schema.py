"""Whether tables, indexes and functions are those that the steps make: without its index a uniqueness is not kept."""

from __future__ import annotations

from typing import Any

from ..migrations import steps

# Names of schemas are left out: what is compared is made in another one.
_FOUND = """
with here as (select current_schema()::regnamespace as oid)
select 'table ' || c.relname, string_agg(
    a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
    || coalesce(' collate ' || n.collname, ''), ', ' order by a.attname)
from here, pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_collation n on n.oid = a.attcollation
where c.relnamespace = here.oid and c.relkind = 'r' group by 1
union all
select 'index ' || c.relname,
    replace(replace(pg_get_indexdef(c.oid), quote_ident(current_schema()) || '.', ''), 'pg_temp.', '')
    || case when i.indisvalid then '' else ', which is not valid' end
from here, pg_class c join pg_index i on i.indexrelid = c.oid where c.relnamespace = here.oid
union all
select 'function ' || p.proname, p.prosrc from here, pg_proc p where p.pronamespace = here.oid
"""


async def faults_of_schema(connection: Any) -> list[str]:  # noqa: ANN401 - asyncpg has no types
    """Tell what is not as the steps make it. Writes nothing that stays."""
    found = await _definitions(connection)
    trying = connection.transaction()
    await trying.start()
    try:
        await connection.execute("set local search_path = pg_temp")
        for step in steps():
            await connection.execute(step.replace("create unlogged table", "create table"))  # in pg_temp there are none
        wanted = await _definitions(connection)
    finally:
        await trying.rollback()
    missing = [f"schema: the {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    changed = [
        f"schema: the {n} is not as it should be" for n in sorted(wanted) if found.get(n, wanted[n]) != wanted[n]
    ]
    epoch = await connection.fetchval("select value from meta where name = 'epoch'")
    return missing + changed + ([] if epoch else ["schema: there is no epoch"])


async def _definitions(connection: Any) -> dict[str, str]:  # noqa: ANN401
    return dict(await connection.fetch(_FOUND))
