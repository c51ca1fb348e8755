-- Lines that could not be read, by why, the most first. By when the event log took them: a refused line has no trusted time of its own.
-- Parameters: from, to.
SELECT
    d.code AS code,
    uniqExact(d.log_epoch, d.topic, d.partition, d.offset, d.line_no) AS lines,
    any(d.message) AS message
FROM {database}.dead_letters AS d
WHERE d.received_at >= {from:DateTime('UTC')} AND d.received_at < {to:DateTime('UTC')}
GROUP BY code
ORDER BY lines DESC, code
LIMIT 10
