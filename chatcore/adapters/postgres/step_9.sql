-- The ninth schema. Where registration is by invitation, who has a code may make an account.

create table invitation (
    digest text collate "C" primary key, -- of the code
    label text not null, -- what it is for, for people
    made_at_ms bigint not null,
    uses integer not null, -- how many may register with it
    used integer not null, -- how many have
    ends_at_ms bigint -- null where it has no end
);
