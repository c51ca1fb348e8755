-- Alerts that were on, each from when its condition began to hold to its end.
SELECT h.since AS time,
    if(countIf(h.change = 'resolved') = 0, toDateTime({to}, 'UTC'),
        maxIf(toDateTime(h.changed_at, 'UTC'), h.change = 'resolved')) AS timeEnd,
    concat(any(h.severity), ' ', any(h.rule)) AS title, any(h.summary) AS text, any(h.rule_group) AS tags
FROM {database}.alert_history AS h
WHERE h.changed_at >= {from} AND h.changed_at < {to}
GROUP BY h.fingerprint, h.since
HAVING countIf(h.change = 'fired') > 0
ORDER BY time
LIMIT 500
