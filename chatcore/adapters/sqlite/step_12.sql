-- The twelfth schema. Who is disabled may be banned: then they are told why, and let in again at a time.

alter table user add column banned_until integer; -- in ms; null where it is no ban, 9007199254740991 where it has no end

create index user_banned on user (banned_until) where banned_until is not null;
