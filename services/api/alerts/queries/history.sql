-- Changes of alerts in a period, the latest first. Parameters: from, to (seconds), is_all, tenants, sees_all_owners,
-- fingerprint (empty: all), limit.
SELECT
    h.fingerprint AS fingerprint, h.rule AS rule, h.severity AS severity, h.tenant_id AS tenant_id, h.change AS change, h.reason AS reason,
    h.state AS state, h.value AS value, h.summary AS summary, toUnixTimestamp64Milli(h.changed_at) AS changed_ms,
    toUnixTimestamp(h.since) * 1000 AS since_ms
FROM {database}.alert_history AS h FINAL
WHERE h.changed_at >= toDateTime64({from:UInt32}, 3) AND h.changed_at < toDateTime64({to:UInt32}, 3)
    AND ({is_all:Bool} OR (h.tenant_id IN {tenants:Array(String)} AND ({sees_all_owners:Bool} OR h.labels['owner'] = 'tenant')))
    AND ({fingerprint:String} = '' OR h.fingerprint = {fingerprint:String})
    AND h.reason != 'told again after a restart'
ORDER BY h.changed_at DESC, h.fingerprint
LIMIT {limit:UInt32}
