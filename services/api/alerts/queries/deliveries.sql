-- What was sent to whom in a period, the latest first; a tenant sees messages that are about its own alerts alone.
-- Parameters: from, to (seconds), is_all, tenants, sees_all_owners, limit.
SELECT
    d.message_id AS message_id, d.receiver AS receiver, d.reason AS reason, d.severity AS severity, d.title AS title,
    d.group_key AS group_key, d.tries AS tries, d.outcome AS outcome, d.status AS status,
    if({sees_all_owners:Bool}, d.detail, '') AS detail, d.fingerprints AS fingerprints, toUnixTimestamp64Milli(d.decided_at) AS decided_ms,
    toUnixTimestamp64Milli(d.updated_at) AS updated_ms
FROM {database}.alert_deliveries AS d FINAL
WHERE d.decided_at >= toDateTime64({from:UInt32}, 3) AND d.decided_at < toDateTime64({to:UInt32}, 3)
    AND ({is_all:Bool} OR ({sees_all_owners:Bool} AND hasAny({tenants:Array(String)}, d.tenant_ids))
        OR (d.is_for_tenants AND notEmpty(d.tenant_ids) AND hasAll({tenants:Array(String)}, d.tenant_ids)))
ORDER BY d.decided_at DESC, d.message_id, d.receiver
LIMIT {limit:UInt32}
