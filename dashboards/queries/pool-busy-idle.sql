-- What pools cost by whether they worked, hour by hour as published.
SELECT time, pair.1 AS series, toFloat64(pair.2) AS value
FROM (
    SELECT toStartOfInterval(r.period_start, toIntervalSecond(step_s), 'UTC') AS time,
        [('busy', sum(r.busy_cost)), ('idle', sum(r.idle_cost)), ('unattributed', sum(r.unattributed_cost))] AS pairs
    FROM {database}.gpu_pool_use_per_hour_current AS r
    WHERE r.period_start >= {from} AND r.period_start < {to} AND r.currency = 'USD' AND {only:pool r.pool}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
