-- How far each partition of the event log has been read, and how long ago the last message came.
SELECT m.topic AS topic, toString(any(m.partition)) AS partition, max(m.offset) AS last_offset, max(m.received_at) AS last_received_at,
    toInt64(toUnixTimestamp({to})) - toInt64(toUnixTimestamp(toDateTime(max(m.received_at), 'UTC'))) AS age_s, sum(m.lines) AS lines
FROM {database}.messages_read AS m FINAL
WHERE m.received_at >= {from} AND m.received_at < {to}
GROUP BY topic, m.partition, m.log_epoch
ORDER BY topic, m.partition, m.log_epoch
LIMIT 500
