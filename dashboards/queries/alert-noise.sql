-- What each rule brought: how often it fired, and how often it was over within five minutes.
SELECT rule, severity, count() AS fired, countIf(resolved_at > 0 AND resolved_at - fired_at < 300) AS healed_in_5m,
    healed_in_5m / nullIf(fired, 0) AS healed_ratio, countIf(resolved_at = 0) AS still_open,
    quantileExactIf(0.5)(resolved_at - fired_at, resolved_at > 0) AS length_p50_s
FROM (
    SELECT h.rule AS rule, any(h.severity) AS severity,
        toUnixTimestamp(toDateTime(minIf(h.changed_at, h.change = 'fired'), 'UTC')) AS fired_at,
        toUnixTimestamp(toDateTime(maxIf(h.changed_at, h.change = 'resolved'), 'UTC')) AS resolved_at
    FROM {database}.alert_history AS h
    WHERE h.changed_at >= {from} AND h.changed_at < {to} AND {only:tenant_id h.tenant_id}
    GROUP BY rule, h.fingerprint, h.since
    HAVING countIf(h.change = 'fired') > 0
)
GROUP BY rule, severity
ORDER BY fired DESC, rule
LIMIT 100
