-- Senders with lines around the same time a week ago, and when their last line came in the day before now. Parameters: week_from, week_to,
-- now (s).
SELECT
    m.source AS source,
    sumIf(m.lines, m.received_at < {week_to:DateTime('UTC')}) AS usual_lines,
    toUnixTimestamp(maxIf(m.received_at, m.received_at >= {now:DateTime('UTC')} - INTERVAL 1 DAY)) AS last_s
FROM {database}.messages_read AS m FINAL
WHERE (m.received_at >= {week_from:DateTime('UTC')} AND m.received_at < {week_to:DateTime('UTC')})
    OR (m.received_at >= {now:DateTime('UTC')} - INTERVAL 1 DAY AND m.received_at <= {now:DateTime('UTC')})
GROUP BY source
HAVING usual_lines > 0
ORDER BY source
LIMIT 10000
