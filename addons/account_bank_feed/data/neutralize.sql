-- A copy of a database must not reach any bank.
DELETE FROM bank_secret;
