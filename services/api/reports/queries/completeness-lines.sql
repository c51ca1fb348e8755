-- Accepted lines: a line may give several rows (one per attempt), and a redelivery gives the same rows again.
SELECT uniqExact(a.log_epoch, a.topic, a.partition, a.offset, a.line_no) AS lines
FROM {database}.attempts_raw AS a
WHERE a.window_start >= {from:DateTime('UTC')} AND a.window_start < {to:DateTime('UTC')}
    AND ({all_tenants:Bool} OR a.tenant_id IN {tenants:Array(String)})
