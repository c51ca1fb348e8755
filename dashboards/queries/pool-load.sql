-- Requests that run and that wait on a pool, means over minutes.
SELECT time, concat(pool, pair.1) AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS pool,
        [(' running', sum(r.running_sum) / nullIf(sum(r.running_windows), 0)),
            (' waiting', sum(r.waiting_sum) / nullIf(sum(r.waiting_windows), 0))] AS pairs
    FROM {rows:pool} AS r
    WHERE {only:pool r.pool} AND {only:model r.model}
    GROUP BY time, pool
)
ARRAY JOIN pairs AS pair
WHERE value IS NOT NULL
ORDER BY time, series
LIMIT 20000
