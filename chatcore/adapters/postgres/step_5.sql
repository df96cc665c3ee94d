-- The fifth schema. Servers write down that they live and who is connected to each. None of it has to outlive a crash, so
-- it is not written ahead: after one these tables are empty, and each server writes its own part again.

create unlogged table host (
    id text collate "C" primary key, -- a new one with each start
    label text collate "C" not null, -- what people call it
    is_named boolean not null, -- whether the label was given to it: then no other one that lives has it
    seen timestamptz not null, -- when it said last that it lives
    number bigint not null, -- of its last change of presence
    is_over boolean not null default false -- it has ended, or was given up by another one
) with (fillfactor = 50);

create unique index host_label on host (label) where is_named and not is_over;

-- Who is present at a server.
create unlogged table present (
    host text collate "C" not null,
    user_id text collate "C" not null,
    primary key (host, user_id)
);

-- Writes down what a server says of itself, and gives all servers as of one moment, with their users where more is written
-- of one than is known. A server that was given up, or whose label another one has, is given with an infinite age.
create function beat(
    me text, my_label text, my_is_named boolean, my_number bigint, came text[], went text[], is_whole boolean,
    forgotten double precision, -- seconds after which those that are silent are given up; null where that is not to be done
    known_hosts text[], known_numbers bigint[]
) returns table (of_host text, age double precision, of_number bigint, users text[]) language plpgsql as $$
declare
    is_written boolean;
begin
    update host set seen = clock_timestamp(), number = my_number where id = me and not is_over;
    is_written := found;
    if not is_written and is_whole then
        insert into host (id, label, is_named, seen, number)
        values (me, my_label, my_is_named, clock_timestamp(), my_number) on conflict do nothing;
        is_written := found;
    end if;
    if is_written then
        delete from present where host = me and (is_whole or user_id = any(went));
        insert into present select me, user_id from unnest(came) user_id on conflict do nothing;
    end if;
    if forgotten is not null then
        with over as (
            update host set is_over = true where id in (
                select id from host
                where not is_over and id <> me and seen < clock_timestamp() - forgotten * interval '1 second'
                for update skip locked)
            returning id
        )
        delete from present where host in (select id from over);
        delete from host where is_over and seen < clock_timestamp() - interval '1 day';
    end if;
    return query
        select id,
            case when is_over then 'infinity' else extract(epoch from clock_timestamp() - seen)::double precision end,
            number,
            case when id <> me and not is_over and number > coalesce(known, -1)
                then array(select user_id from present where host = id order by user_id) end
        from host left join unnest(known_hosts, known_numbers) k (known_host, known) on known_host = id
        union all
        select me, 'infinity', my_number, null where is_whole and not is_written and not exists (
            select 1 from host where id = me);
end
$$;
