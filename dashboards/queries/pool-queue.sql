-- How long requests wait in the model servers of a pool, mean of those that finished.
SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS series,
    ifNull(sum(r.queue_ms_finished) / nullIf(sum(r.queue_finished), 0), sum(r.queue_ms_sum) / nullIf(sum(r.queue_ms_windows), 0)) AS value
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
