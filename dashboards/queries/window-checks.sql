-- Comparisons of settled minutes with the raw rows that they were made from, the latest first.
SELECT c.checked_at AS checked_at, c.changed AS changed, c.lost AS lost, c.fewer AS fewer,
    ifNull(toString(c.first_fewer), '') AS first_fewer, ifNull(toString(c.last_fewer), '') AS last_fewer
FROM {database}.window_checks AS c
WHERE c.checked_at >= {from} AND c.checked_at < {to}
ORDER BY c.checked_at DESC
LIMIT 50
