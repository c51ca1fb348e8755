-- Alerts as they stand, the latest change of each. Parameters: is_all, tenants, sees_all_owners, states, fingerprint (empty: all), limit,
-- to (seconds; messages of the 35 days before).
SELECT
    h.fingerprint AS fingerprint, h.rule AS rule, h.rule_group AS rule_group, h.state AS state, h.severity AS severity,
    h.tenant_id AS tenant_id, h.labels AS labels, h.value AS value, h.threshold AS threshold, h.sample AS sample,
    h.summary AS summary, h.description AS description, h.runbook AS runbook, h.reason AS reason,
    toUnixTimestamp64Milli(h.changed_at) AS changed_ms, toUnixTimestamp(h.since) * 1000 AS since_ms,
    toUnixTimestamp(h.fired) * 1000 AS fired_ms, toUnixTimestamp(h.until) * 1000 AS until_ms, d.group_key AS group_key,
    a.author AS acknowledged_by
FROM
(
    SELECT
        fingerprint, rule, rule_group, state, severity, tenant_id, labels, value, threshold, sample, summary, description, runbook, reason,
        changed_at, since, fired, until
    FROM {database}.alert_history
    WHERE ({is_all:Bool} OR (tenant_id IN {tenants:Array(String)} AND ({sees_all_owners:Bool} OR labels['owner'] = 'tenant')))
        AND ({fingerprint:String} = '' OR fingerprint = {fingerprint:String})
    ORDER BY fingerprint, changed_at DESC, change = 'fired'
    LIMIT 1 BY fingerprint
) AS h
LEFT JOIN
(
    SELECT fingerprint, argMax(group_key, decided_at) AS group_key
    FROM {database}.alert_deliveries ARRAY JOIN fingerprints AS fingerprint
    WHERE decided_at > toDateTime64({to:UInt32}, 3) - INTERVAL 35 DAY
    GROUP BY fingerprint
) AS d ON d.fingerprint = h.fingerprint
LEFT JOIN
(
    SELECT group_key, argMax(if(is_over, '', author), changed_at) AS author
    FROM {database}.alert_acknowledgements
    GROUP BY group_key
) AS a ON a.group_key = d.group_key
WHERE h.state IN {states:Array(String)}
ORDER BY h.severity = 'page' DESC, h.severity = 'ticket' DESC, h.since DESC, h.fingerprint
LIMIT {limit:UInt32}
