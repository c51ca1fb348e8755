-- Lines that could not be read, by why and from whom; the last message is one of many alike.
SELECT d.code AS code, d.source AS source, count() AS dead_letters, max(d.received_at) AS last_received_at,
    argMax(d.message, d.received_at) AS last_message
FROM {database}.dead_letters AS d FINAL
WHERE d.received_at >= {from} AND d.received_at < {to}
GROUP BY code, source
ORDER BY dead_letters DESC, code, source
LIMIT 100
