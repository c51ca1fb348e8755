-- The fullest KV cache of a model server of the pool.
SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS series, max(r.kv_cache_use_ratio_max) AS value
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
