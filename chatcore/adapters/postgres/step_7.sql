-- The seventh schema. Accounts from a time before looks, whose name looks like another one's, are found quickly.

create index account_twin on account (number) where name_look is null and not erased;
