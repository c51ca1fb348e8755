-- Alerts that began to fire in time, by severity.
SELECT toStartOfInterval(toDateTime(h.changed_at, 'UTC'), toIntervalSecond(step_s), 'UTC') AS time, h.severity AS series,
    toFloat64(uniqExact(h.fingerprint, h.since)) AS value
FROM {database}.alert_history AS h
WHERE h.changed_at >= {from} AND h.changed_at < {to} AND h.change = 'fired' AND {only:tenant_id h.tenant_id}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
