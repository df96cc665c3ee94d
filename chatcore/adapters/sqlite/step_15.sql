-- The fifteenth schema. A session may have further tokens than the first one, whose digest it has as its name.

alter table session add column rank integer not null default 0; -- of the newest token that was used; the first one has 0
alter table session add column renewed_at_ms integer not null default 0; -- when its newest token was made, but for the first

create table token (
    digest text not null primary key,
    session text not null,
    rank integer not null
) strict, without rowid;

create index token_session on token (session);

create trigger session_ended after delete on session begin
    delete from token where session = old.digest;
end;
