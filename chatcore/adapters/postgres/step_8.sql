-- The eighth schema. Servers find the marks that others have made, though nobody rings.

create sequence mark_number;

-- The last 65,536 marks, each in the place of the one so many before: nothing has to be thrown away, and nothing grows.
create table mark (
    slot bigint primary key, -- the number's remainder
    number bigint not null, -- given as those of messages are: so they become visible in their order
    user_id text collate "C" not null,
    conversation text collate "C" not null,
    read bigint not null, -- how many messages of others the user had read then
    version bigint not null, -- of the read state, made by this mark
    seqs bigint[] not null -- what was not read before
) with (fillfactor = 50);

-- Keeps the read states that a batch of marks leads to, and which marks those were: last of all in its transaction, since
-- everybody waits for the log's lock.
create function keep_marks(
    log_lock bigint,
    users text[], conversations text[], cursors bigint[], reads bigint[], versions bigint[],
    mark_users text[], mark_conversations text[], mark_reads bigint[], mark_versions bigint[], mark_seqs text[]
) returns void language plpgsql as $$
begin
    insert into reading (user_id, conversation, cursor, read, version)
    select * from unnest(users, conversations, cursors, reads, versions)
    on conflict (user_id, conversation) do update set
        cursor = excluded.cursor, read = excluded.read, version = excluded.version;
    perform pg_advisory_xact_lock(log_lock);
    insert into mark (slot, number, user_id, conversation, read, version, seqs)
    select number & 65535, number, made.user_id, made.conversation, made.read, made.version, made.seqs::bigint[]
    from (
        select nextval('mark_number') as number, made.*
        from unnest(mark_users, mark_conversations, mark_reads, mark_versions, mark_seqs)
            with ordinality made (user_id, conversation, read, version, seqs, place)
        order by made.place
    ) made
    on conflict (slot) do update set
        number = excluded.number, user_id = excluded.user_id, conversation = excluded.conversation,
        read = excluded.read, version = excluded.version, seqs = excluded.seqs;
end
$$;
