-- The second schema: each run of read messages is a record, so that a mark costs the same however many runs there are.

create table run (
    user text not null,
    conversation text not null,
    first integer not null,
    last integer not null,
    primary key (user, conversation, first)
) strict, without rowid;

insert into run
select user, conversation, json_extract(value, '$[0]'), json_extract(value, '$[1]') from reading, json_each(runs);

alter table reading drop column runs;
