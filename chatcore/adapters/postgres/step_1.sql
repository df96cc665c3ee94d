-- The first schema: that of the SQLite adapter at the time, without a row that every post updates. PostgreSQL keeps each
-- former version of a row for as long as any snapshot is open, and a backup of a large database is open for an hour.
-- Later schemas are made from it by the steps of migrations.py; this file never changes.

create table meta (
    name text collate "C" primary key,
    value text not null
);

insert into meta values
    ('epoch', replace(gen_random_uuid()::text, '-', '')), -- changes when a backup is restored
    ('asked_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')), -- of the digests in `asked`
    ('names_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')); -- of those in `former_name`

-- The accounts, and with `fact` the directory.
create table account (
    number bigint primary key, -- 1, 2, 3, … in the order in which they registered
    id text collate "C" not null unique,
    name text collate "C" not null, -- the unique one; empty where the account was erased
    folded text collate "C" not null unique, -- the name, as names are compared
    name_look text collate "C" unique, -- of the name; null where the account was erased
    display_name text collate "C" not null, -- which others may have, too
    look text collate "C" not null, -- of the display name
    key text collate "C" unique, -- by which an application knows them
    password_hash text not null,
    disabled text, -- why they are kept out; null where they are not
    erased boolean not null default false,
    created_at_ms bigint not null,
    fact bigint not null unique, -- the number of the newest fact about the user
    born bigint not null, -- the number of the newest message when they registered
    changed bigint not null -- the number of the newest message at the newest fact
);

create index account_born on account (born, fact);
create index account_changed on account (changed, fact) where changed > born;

-- Names that were given up stay taken for a while.
create table former_name (
    digest bytea primary key, -- keyed, of the name or of its look
    at_ms bigint not null
);

create index former_name_at on former_name (at_ms);

create table session (
    digest text collate "C" primary key, -- of the token
    user_id text collate "C" not null,
    label text not null, -- what it is for, for people
    begun_at_ms bigint not null,
    used_at_ms bigint not null
) with (fillfactor = 70);

create index session_of on session (user_id, begun_at_ms, digest);

-- Numbers are given while one lock of the whole log is held until the commit, so they become visible in their order.
-- A hole means nothing: a commit was undone.
create sequence log_number;

create table message (
    number bigint primary key, -- in the order of commits, over all conversations
    conversation text collate "C" not null,
    seq bigint not null, -- 1, 2, 3, … in its conversation, without holes
    sender text collate "C" not null,
    client_id text collate "C" not null,
    text text not null,
    sent_at_ms bigint not null,
    live bigint not null, -- how many messages of the conversation count, up to and with this one
    own bigint not null -- how many of those are its sender's
);

create unique index message_place on message (conversation, seq);
create unique index message_client_id on message (client_id, sender);
-- Of conversations between two the last message tells how many are whose.
create index message_own on message (conversation, sender, seq) where conversation not between 'd.' and 'd/';

-- By how many a message was read, where that is counted. Not in the message itself: its text would be written again
-- with each reader.
create table readers (
    number bigint primary key, -- of the message
    readers bigint not null
) with (fillfactor = 50);

-- The lines of each user's list: the direct conversations that have messages.
create table line (
    user_id text collate "C" not null,
    conversation text collate "C" not null,
    risen bigint not null, -- the number of a message by which the conversation came to the top of the list
    primary key (user_id, conversation)
) with (fillfactor = 70);

create index line_newest on line (user_id, risen);

-- What each user has read of a conversation, but for the runs above the cursor.
create table reading (
    user_id text collate "C" not null,
    conversation text collate "C" not null,
    base bigint not null default 0, -- up to here everything is history for the user
    cursor bigint not null, -- up to here everything is read or the user's own
    read bigint not null, -- how many messages of others
    version bigint not null, -- raised by each mark that changes something
    primary key (user_id, conversation)
) with (fillfactor = 50);

-- The runs of read messages above the cursor.
create table run (
    user_id text collate "C" not null,
    conversation text collate "C" not null,
    first bigint not null,
    last bigint not null,
    primary key (user_id, conversation, first)
) with (fillfactor = 70);

-- The starts of servers while no other was at work, each with how far log and directory had come.
create table generation (
    place bigint primary key, -- 1, 2, 3, … in the order of the starts
    id text collate "C" not null unique,
    number bigint not null, -- of the newest message at that moment
    facts bigint not null -- the number of the newest fact at that moment
);

-- The posts that were refused, for a day.
create table refusal (
    place bigint generated always as identity primary key, -- in the order in which they came
    sender text collate "C" not null,
    client_id text collate "C" not null,
    code text not null,
    message text not null, -- the reason, in words
    field text,
    at_ms bigint not null
);

create unique index refusal_client_id on refusal (sender, client_id);
create index refusal_at on refusal (at_ms);

-- What was asked for, where another text is stored.
create table asked (
    number bigint primary key, -- of the message
    digest bytea not null -- keyed, of conversation and text
);

-- Adds a batch of messages to the log and gives their numbers, in order: last of all in its transaction, since everybody
-- waits for the log's lock. Each statement of it sees what was committed before the lock was had. A line rises only where
-- its conversation is not the user's first one already: so most posts write no line.
create function add_messages(
    log_lock bigint,
    conversations text[], seqs bigint[], senders text[], client_ids text[], texts text[],
    times bigint[], lives bigint[], owns bigint[],
    line_users text[], line_conversations text[], line_places integer[] -- which message of the batch lifts a line
) returns bigint[] language plpgsql as $$
declare
    numbers bigint[];
begin
    perform pg_advisory_xact_lock(log_lock);
    with added as (
        insert into message (number, conversation, seq, sender, client_id, text, sent_at_ms, live, own)
        select nextval('log_number'), r.conversation, r.seq, r.sender, r.client_id, r.text, r.at, r.live, r.own
        from unnest(conversations, seqs, senders, client_ids, texts, times, lives, owns)
            with ordinality r (conversation, seq, sender, client_id, text, at, live, own, place)
        order by r.place
        returning number
    )
    select array_agg(number order by number) into numbers from added;
    if cardinality(line_users) > 0 then
        insert into line (user_id, conversation, risen)
        select w.user_id, w.conversation, numbers[w.place] from (
            select r.*, count(*) over (partition by r.user_id) as lines
            from unnest(line_users, line_conversations, line_places) r (user_id, conversation, place)
        ) w
        where w.lines > 1 or w.conversation is distinct from (
            select l.conversation from line l where l.user_id = w.user_id order by l.risen desc limit 1)
        on conflict (user_id, conversation) do update set risen = excluded.risen;
    end if;
    return numbers;
end
$$;
