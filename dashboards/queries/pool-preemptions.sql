-- Requests that a full KV cache put back, as the model servers count them.
SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS series, sum(r.preemptions) AS value
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
