-- Rows that match, in the order of their starts, behind a place. The order hangs on nothing that others sent: rows of one identity and
-- start are one attempt. Parameters: from, to (s, of rows), after_ms, after_row, is_all,
-- tenants, most, and the values of the filters.
SELECT
    toUnixTimestamp64Milli(r.started_at) AS at_ms,
    toString(cityHash64(r.tenant_id, r.source, r.request_id, r.attempt_key)) AS row,
    toString(r.request_hash) AS request_hash
FROM {database}.attempts_raw AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})
    {filters}
    AND (toUnixTimestamp64Milli(r.started_at), cityHash64(r.tenant_id, r.source, r.request_id, r.attempt_key))
        > ({after_ms:Int64}, {after_row:UInt64})
ORDER BY r.started_at, cityHash64(r.tenant_id, r.source, r.request_id, r.attempt_key)
LIMIT {most:UInt32}
