-- What the bank knows a consent by; with a certificate that is left somewhere it would still do.
UPDATE bank_connection
   SET xs2a_consent = NULL, xs2a_next_consent = NULL, xs2a_resources = NULL
 WHERE xs2a_consent IS NOT NULL OR xs2a_next_consent IS NOT NULL OR xs2a_resources IS NOT NULL;
