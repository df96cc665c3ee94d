-- The fourth schema. The directory is a log of facts about users: `fact` is the number of the newest one about each.
-- And each start of a server is written down, with how far log and directory had come: so a client finds out that an
-- older copy of the database was put in place.

alter table user add column fact integer not null default 0;

update user set fact = number;

create unique index user_fact on user (fact);

create table generation (
    place integer not null primary key, -- 1, 2, 3, … in the order of the starts
    id text not null unique,
    number integer not null, -- of the newest message at that moment
    facts integer not null -- the number of the newest fact
) strict;
