-- The sixth schema. Servers take turns at work in the background: one at a time does a job.

create table job_host (
    job text collate "C" primary key,
    host text collate "C" not null, -- which does the job
    until timestamptz not null -- unless it has taken it again by then
) with (fillfactor = 50);
