-- The sixth schema. A session has a label that tells people what it is for, and a user's sessions are found: to be listed
-- and to be ended.

alter table session add column label text not null default '';

create index session_user on session (user, begun_at_ms, digest);
