-- The first schema. Later ones are made from it by the steps of migrations.py; this file never changes.

create table meta (
    name text not null primary key,
    value text not null
) strict, without rowid;

-- Changes when a backup is restored.
insert into meta values ('epoch', lower(hex(randomblob(16))));

create table user (
    number integer not null primary key,
    id text not null unique,
    name text not null,
    folded text not null unique,
    password_hash text not null,
    created_at_ms integer not null
) strict;

create table session (
    digest text not null primary key,
    user text not null,
    begun_at_ms integer not null,
    used_at_ms integer not null
) strict, without rowid;

-- New messages go to the end of the table, whatever their conversation, and those of one moment to one place in the
-- index of client ids, which begin with the time: a batch writes few pages. (Measured: stored in the order of
-- (conversation, seq), with client ids by sender first, a batch of 100 costs nearly three times as much.)
create table message (
    number integer not null primary key, -- in the order of commits, over all conversations
    conversation text not null,
    seq integer not null,
    sender text not null,
    client_id text not null,
    text text not null,
    sent_at_ms integer not null,
    live integer not null,
    own integer not null,
    readers integer not null default 0 -- general chat only; a direct message is read by the other one or not
) strict;

create unique index message_place on message (conversation, seq);
create unique index message_client_id on message (client_id, sender);
-- How many messages of the general chat are a user's own. (In a direct conversation the last message tells.)
create index message_own on message (sender, seq) where conversation = 'general';

-- The lines of each user's list: the direct conversations that have messages. `risen` is the number of the message by
-- which the conversation came to the top of the list; while it stays there, nothing is written.
create table line (
    user text not null,
    conversation text not null,
    risen integer not null,
    primary key (user, conversation)
) strict, without rowid;

create index line_newest on line (user, risen);

create table reading (
    user text not null,
    conversation text not null,
    cursor integer not null,
    read integer not null,
    version integer not null,
    runs text not null, -- JSON: [[first, last], …]
    primary key (user, conversation)
) strict, without rowid;
