-- A copy of a database must not reach any bank. Its secrets are gone (account_bank_feed), but a
-- feed that is still active would ask without them.
UPDATE bank_connection
   SET state = 'disconnected', valid_until = NULL, consent_until = NULL, not_before = NULL,
       error = NULL
 WHERE state != 'draft';
UPDATE bank_feed
   SET state = 'off', next_fetch_at = NULL, valid_until = NULL, error = NULL
 WHERE state IN ('active', 'paused');
UPDATE bank_feed_window
   SET state = 'ignored', next_try_at = NULL, person = NULL, person_at = NULL
 WHERE state = 'waiting';
DELETE FROM bank_sign_in;
-- Only those that ask banks: the others finish what is in the copy already.
UPDATE queue_job
   SET state = 'cancelled', date_cancelled = now() AT TIME ZONE 'UTC'
 WHERE model_name = 'bank.feed.window'
   AND state IN ('wait_dependencies', 'pending', 'enqueued', 'started');
