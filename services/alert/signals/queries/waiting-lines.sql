-- Since when lines wait that were read and are in no settled minute: the oldest message since a minute was settled last.
-- Parameters: from (s).
SELECT toUnixTimestamp(min(m.received_at)) AS oldest_s, sum(m.accepted_lines) AS lines
FROM {database}.messages_read AS m FINAL
WHERE m.accepted_lines > 0 AND m.received_at >= {from:DateTime('UTC')}
    AND m.received_at > (SELECT max(s.settled_at) FROM {database}.settled_windows AS s)
