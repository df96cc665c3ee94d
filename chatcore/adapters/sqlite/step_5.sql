-- The fifth schema: how many messages are a user's own is found by an index in any conversation but those between two,
-- in which the last message tells. Only of the general chat there was one, so no other conversation had many members.

drop index message_own;
create index message_own on message (conversation, sender, seq) where conversation not between 'd.' and 'd/';
