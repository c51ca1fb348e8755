-- Alerts as they stood at the end of the range, those that fire first.
SELECT a.rule AS rule, a.severity AS severity, a.state AS state, a.tenant_id AS tenant_id, a.since AS since, a.summary AS summary,
    a.value AS value, a.threshold AS threshold
FROM (
    SELECT * FROM {database}.alert_history AS h WHERE h.changed_at < {to} ORDER BY h.changed_at DESC LIMIT 1 BY h.fingerprint
) AS a
WHERE a.state IN ('firing', 'recovering', 'pending', 'no_data') AND {only:tenant_id a.tenant_id}
ORDER BY a.state = 'firing' DESC, a.severity = 'page' DESC, a.since, a.rule, a.fingerprint
LIMIT 100
