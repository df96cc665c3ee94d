-- The third schema: a read state says itself up to where everything is history for its user. It was found by comparing
-- dates before, which are wrong where the clock was.

alter table reading add column base integer not null default 0;

update reading set base = joined.base from (
    select user, max(seq) over (order by at, user is not null) as base from (
        select null as user, sent_at_ms as at, seq from message where conversation = 'general'
        union all select id, created_at_ms, 0 from user
    )
) joined where joined.user = reading.user and reading.conversation = 'general';
