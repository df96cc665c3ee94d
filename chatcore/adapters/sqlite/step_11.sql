-- The eleventh schema. Work in the background goes on after a restart where it had come to.

create table job (
    name text not null,
    part text not null, -- empty for the job as a whole
    position integer not null,
    primary key (name, part)
) strict, without rowid;
