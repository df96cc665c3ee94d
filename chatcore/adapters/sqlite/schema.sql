-- Today's schema, to be read: nothing loads it. `make docs` writes it from the steps, which say why it came to be so.

-- What was asked for, where another text is stored.
create table asked (
    number integer not null primary key,
    digest blob not null
) strict;

-- Names that were given up not long ago.
create table former_name (
    digest blob not null primary key, -- keyed, of a name or of its look
    at_ms integer not null
) strict, without rowid;

create index former_name_at on former_name (at_ms);

-- The starts of servers, each with how far log and directory had come.
create table generation (
    place integer not null primary key, -- 1, 2, 3, … in the order of the starts
    id text not null unique,
    number integer not null, -- of the newest message at that moment
    facts integer not null -- the number of the newest fact at that moment
) strict;

-- Where registration is by invitation: with what people make an account.
create table invitation (
    digest text not null primary key, -- of the code
    label text not null, -- what it is for, for people
    made_at_ms integer not null,
    uses integer not null, -- how many may register with it
    used integer not null, -- how many have
    ends_at_ms integer -- null where it has no end
) strict, without rowid;

-- How far work in the background has come, by its parts.
create table job (
    name text not null,
    part text not null, -- empty for the job as a whole
    position integer not null,
    primary key (name, part)
) strict, without rowid;

-- The lines of each user's list: the direct conversations that have messages.
create table line (
    user text not null,
    conversation text not null,
    risen integer not null, -- the number of the message by which the conversation came to the top of the list
    primary key (user, conversation)
) strict, without rowid;

create index line_newest on line (user, risen);

-- The log, over all conversations.
create table message (
    number integer not null primary key, -- in the order of commits, over all conversations
    conversation text not null,
    seq integer not null, -- 1, 2, 3, … in its conversation, without holes
    sender text not null,
    client_id text not null,
    text text not null,
    sent_at_ms integer not null,
    live integer not null, -- how many messages of the conversation count, up to and with this one
    own integer not null, -- how many of those are its sender's
    readers integer not null default 0 -- general chat only; a direct message is read by the other one or not
) strict;

create unique index message_client_id on message (client_id, sender);
create index message_own on message (conversation, sender, seq) where conversation not between 'd.' and 'd/';
create unique index message_place on message (conversation, seq);

-- The epoch, which changes when a backup is restored, and the secrets of digests in other tables.
create table meta (
    name text not null primary key,
    value text not null
) strict, without rowid;

-- What each user has read of a conversation, but for the runs above the cursor.
create table reading (
    user text not null,
    conversation text not null,
    cursor integer not null, -- up to here everything is read or the user's own
    read integer not null, -- how many messages of others
    version integer not null, -- raised by each mark that changes something
    base integer not null default 0, -- up to here everything is history for the user
    primary key (user, conversation)
) strict, without rowid;

-- The posts that were refused, for a day.
create table refusal (
    place integer not null primary key,
    sender text not null,
    client_id text not null,
    code text not null,
    message text not null,
    field text,
    at_ms integer not null
) strict;

create index refusal_at on refusal (at_ms);
create unique index refusal_client_id on refusal (sender, client_id);

-- The runs of read messages above the cursor.
create table run (
    user text not null,
    conversation text not null,
    first integer not null,
    last integer not null,
    primary key (user, conversation, first)
) strict, without rowid;

-- Who is logged in.
create table session (
    digest text not null primary key, -- of its first token
    user text not null,
    begun_at_ms integer not null,
    used_at_ms integer not null,
    label text not null default '', -- what it is for, for people
    lasts_ms integer,
    host text,
    address text not null default '',
    rank integer not null default 0, -- of the newest token that was used; the first one has 0
    renewed_at_ms integer not null default 0 -- when its newest token was made, but for the first
) strict, without rowid;

create index session_host on session (host) where host is not null;
create index session_lasts on session (lasts_ms) where lasts_ms is not null;
create index session_user on session (user, begun_at_ms, digest);
create trigger session_ended after delete on session begin
    delete from token where session = old.digest;
end;

-- What else leads to a session but its first token.
create table token (
    digest text not null primary key,
    session text not null,
    rank integer not null
) strict, without rowid;

create index token_session on token (session);

-- The accounts, and with `fact` the directory.
create table user (
    number integer not null primary key, -- 1, 2, 3, … in the order in which they registered
    id text not null unique,
    name text not null,
    folded text not null unique, -- the name, as names are compared
    password_hash text not null,
    created_at_ms integer not null,
    fact integer not null default 0, -- the number of the newest fact about the user
    born integer not null default 0, -- the number of the newest message when they registered
    display_name text not null default '', -- what others see, and others may have
    look text, -- of the display name: the same for all that look alike; null before the program has written it
    name_look text, -- of the name; null where an older account had it before
    key text, -- by which an application knows them
    disabled text, -- why they are kept out; null where they are not
    erased integer not null default 0,
    changed integer not null default 0, -- the number of the newest message when the newest fact came
    banned_until integer
) strict;

create index user_banned on user (banned_until) where banned_until is not null;
create index user_born on user (born, fact);
create index user_changed on user (changed, fact) where changed > born;
create unique index user_fact on user (fact);
create unique index user_key on user (key);
create unique index user_name_look on user (name_look);
create index user_twin on user (number) where name_look is null and not erased;
create index user_without_look on user (number) where look is null;
