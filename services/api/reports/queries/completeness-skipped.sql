-- Access-log lines that are no attempts at a model, by when the event log took them and by reason; they have no row.
SELECT skip.1 AS reason, sum(skip.2) AS lines
FROM {database}.messages_read AS m FINAL
ARRAY JOIN CAST(m.skip_reasons, 'Array(Tuple(String, UInt64))') AS skip
WHERE m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')} AND m.topic = {access_log:String}
GROUP BY reason
ORDER BY reason
