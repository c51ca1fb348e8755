-- Rows of the window's requests that do not count, because another row with their event identity does.
WITH
{rows}
{own}
identities AS (SELECT count() AS claims FROM own GROUP BY event_identity, request_started_at)
SELECT sum(claims - 1) AS left_out FROM identities
