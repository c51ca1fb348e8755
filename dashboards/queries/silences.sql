-- Silences that hold at the end of the range.
SELECT s.id AS id, toString(s.matchers) AS matchers, s.author AS author, s.comment AS comment, s.from AS from, s.until AS until
FROM (
    SELECT * FROM {database}.alert_silences AS s WHERE s.changed_at < {to} ORDER BY s.changed_at DESC LIMIT 1 BY s.id
) AS s
WHERE NOT s.is_ended AND s.until > {to}
ORDER BY s.until, s.id
LIMIT 100
