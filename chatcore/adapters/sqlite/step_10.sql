-- The tenth schema. A session may have a life of its own, belong to a session of the application that the chat is in, and
-- tell where its newest connection came from.

alter table session add column lasts_ms integer; -- how long it may lie unused; null where as long as others
alter table session add column host text; -- digest of the application's own session; null where there is none
alter table session add column address text not null default ''; -- of the newest connection

create index session_host on session (host) where host is not null;
create index session_lasts on session (lasts_ms) where lasts_ms is not null;
