-- What fires or is about to, the loudest first.
SELECT
    h.fingerprint AS fingerprint, h.severity AS severity, h.state AS state, h.rule AS rule, h.labels AS labels, h.summary AS summary,
    toUnixTimestamp(h.since) * 1000 AS since_ms, d.group_key AS group_key
FROM
(
    SELECT fingerprint, severity, state, rule, labels, summary, since
    FROM {database}.alert_history
    ORDER BY fingerprint, changed_at DESC, change = 'fired'
    LIMIT 1 BY fingerprint
) AS h
LEFT JOIN
(
    SELECT fingerprint, argMax(group_key, decided_at) AS group_key
    FROM {database}.alert_deliveries ARRAY JOIN fingerprints AS fingerprint
    GROUP BY fingerprint
) AS d ON d.fingerprint = h.fingerprint
WHERE h.state IN ('pending', 'firing', 'recovering', 'no_data')
ORDER BY h.severity = 'page' DESC, h.severity = 'ticket' DESC, h.since DESC, h.fingerprint
LIMIT 200
