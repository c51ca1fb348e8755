-- Lines of each sender in a period, as the ledger has them. Parameters: from, to (s).
SELECT m.source AS source, sum(m.lines) AS lines, sum(m.dead_letters) AS dead_letters, sum(m.parked_lines) AS parked_lines
FROM {database}.messages_read AS m FINAL
WHERE m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')}
GROUP BY source
HAVING lines > 0
ORDER BY lines DESC, source
LIMIT 10000
