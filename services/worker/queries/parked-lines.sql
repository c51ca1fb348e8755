-- What waits of each source.
SELECT m.source AS source, count() AS messages, sum(m.lines) AS lines, min(m.received_at) AS oldest_received_at
FROM {database}.parked_messages AS m FINAL
WHERE m.is_parked
GROUP BY source
ORDER BY source
