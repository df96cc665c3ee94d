-- The tenth schema. A session may have further tokens than the first one, whose digest it has as its name.

alter table session add column rank bigint not null default 0; -- of the newest token that was used; the first one has 0
alter table session add column renewed_at_ms bigint not null default 0; -- when its newest token was made, but for the first

create table token (
    digest text collate "C" primary key,
    session text collate "C" not null references session on delete cascade,
    rank bigint not null
);

create index token_session on token (session);
