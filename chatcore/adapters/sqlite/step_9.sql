-- The ninth schema. A user has a display name, which others may have too, beside the name of the account, and may be
-- known to an application by a key; they can be renamed, disabled and erased. How a name looks is written by the program
-- when it opens the file: SQLite cannot tell.

alter table user add column display_name text not null default '';
alter table user add column look text; -- of the display name; null before the program has written it
alter table user add column name_look text; -- of the name; null where an older account of this look was there already
alter table user add column key text;
alter table user add column disabled text; -- why they are kept out; null where they are not
alter table user add column erased integer not null default 0;
alter table user add column changed integer not null default 0; -- the number of the newest message at the newest fact

update user set display_name = name, changed = born;

create unique index user_name_look on user (name_look);
create unique index user_key on user (key);
create index user_changed on user (changed, fact) where changed > born;
create index user_without_look on user (number) where look is null;

-- Names that were given up stay taken for a while.
create table former_name (
    digest blob not null primary key, -- keyed, of the name or of its look
    at_ms integer not null
) strict, without rowid;

create index former_name_at on former_name (at_ms);

insert into meta values ('names_secret', lower(hex(randomblob(32))));
