-- Whether what was to be sent came through, by receiver.
SELECT d.receiver AS receiver, count() AS messages, countIf(d.outcome = 'delivered') AS delivered,
    countIf(d.outcome IN ('waiting', 'retry')) AS waiting, countIf(d.outcome IN ('refused', 'gone', 'expired')) AS lost,
    sum(d.tries) AS tries,
    if(waiting = 0, NULL, toInt64(toUnixTimestamp({to})) -
        toInt64(toUnixTimestamp(toDateTime(minIf(d.decided_at, d.outcome IN ('waiting', 'retry')), 'UTC')))) AS oldest_waiting_s
FROM (
    SELECT * FROM {database}.alert_deliveries AS d WHERE d.decided_at >= {from} AND d.decided_at < {to}
    ORDER BY d.updated_at DESC LIMIT 1 BY d.message_id, d.receiver
) AS d
GROUP BY receiver
ORDER BY lost DESC, waiting DESC, receiver
LIMIT 100
