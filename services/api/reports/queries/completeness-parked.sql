-- Lines of the range that wait because their source is parked, by source.
SELECT m.source AS source, count() AS messages, sum(m.lines) AS lines, min(m.received_at) AS oldest_received_at
FROM {database}.parked_messages AS m FINAL
WHERE m.is_parked AND m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')}
GROUP BY source
ORDER BY lines DESC, source
