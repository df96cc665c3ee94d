-- The seventh schema. An application may refuse posts, and put other texts in the place of those that were asked for:
-- what copies under way are to be answered is kept.

create table refusal (
    place integer not null primary key, -- in the order in which they came
    sender text not null,
    client_id text not null,
    code text not null,
    message text not null, -- the reason, in words
    field text,
    at_ms integer not null
) strict;

create unique index refusal_client_id on refusal (sender, client_id);
create index refusal_at on refusal (at_ms);

-- What was asked for, where another text is stored.
create table asked (
    number integer not null primary key, -- of the message
    digest blob not null -- keyed, of conversation and text
) strict;

insert into meta values ('asked_secret', lower(hex(randomblob(32))));
