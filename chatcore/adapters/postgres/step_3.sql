-- The third schema. Work in the background goes on after a restart where it had come to.

create table job (
    name text collate "C" not null,
    part text collate "C" not null, -- empty for the job as a whole
    position bigint not null,
    primary key (name, part)
) with (fillfactor = 50);
