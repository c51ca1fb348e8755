-- Sources that are parked at the end of the range, and why.
SELECT p.source AS source, p.changed_at AS parked_at, p.reason AS reason, ifNull(w.lines, 0) AS lines
FROM (
    SELECT * FROM {database}.parked_sources AS p WHERE p.changed_at < {to} ORDER BY p.changed_at DESC LIMIT 1 BY p.source
) AS p
LEFT JOIN (
    SELECT m.source AS source, sum(m.lines) AS lines FROM {database}.parked_messages AS m FINAL WHERE m.is_parked GROUP BY source
) AS w ON w.source = p.source
WHERE p.is_parked
ORDER BY p.changed_at, p.source
LIMIT 100
