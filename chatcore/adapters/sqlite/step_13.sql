-- The thirteenth schema. Accounts from a time before looks, whose name looks like another one's, are found quickly.

create index user_twin on user (number) where name_look is null and not erased;
