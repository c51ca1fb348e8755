-- Tokens on pools by the tenant that sent them.
SELECT {bucket} AS time, r.tenant_id AS series, toFloat64(sum(r.input_tokens + r.output_tokens)) AS value
FROM {rows:usage} AS r
WHERE r.upstream_kind = 'pool' AND {only:pool r.upstream} AND {only:tenant_id r.tenant_id}
GROUP BY time, series
