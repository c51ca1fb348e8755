-- Lines received and refused in the period, and sources that are parked now. Parameters: from, to.
SELECT
    sum(m.lines) AS lines,
    sum(m.dead_letters) AS dead_letters,
    (SELECT countIf(p.is_parked_now) FROM (
        SELECT argMax(s.is_parked, s.changed_at) AS is_parked_now FROM {database}.parked_sources AS s GROUP BY s.source) AS p) AS parked
FROM {database}.messages_read AS m
WHERE m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')}
