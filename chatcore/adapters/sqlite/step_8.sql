-- The eighth schema. What has happened is given again in the order of commits: a registration stands after the message that
-- was the newest one then, and so before all messages of that user.

alter table user add column born integer not null default 0;

create index user_born on user (born, fact);
