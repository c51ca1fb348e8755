SELECT
    c.window_start AS window_start, c.tenant_id AS tenant_id, c.source AS source, c.request_id AS request_id, c.attempt_key AS attempt_key,
    c.kept_topic AS kept_topic, c.kept_partition AS kept_partition, c.kept_offset AS kept_offset, c.kept_line_no AS kept_line_no,
    c.refused_topic AS refused_topic, c.refused_partition AS refused_partition, c.refused_offset AS refused_offset,
        c.refused_line_no AS refused_line_no
FROM {database}.conflicts_current AS c
WHERE c.window_start >= {from:DateTime('UTC')} AND c.window_start < {to:DateTime('UTC')}
    AND ({all_tenants:Bool} OR c.tenant_id IN {tenants:Array(String)})
ORDER BY c.window_start DESC, c.tenant_id, c.request_id, c.attempt_key, c.refused_topic, c.refused_partition, c.refused_offset,
    c.refused_line_no
LIMIT {limit:UInt32}
