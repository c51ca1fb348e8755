-- How full pools are in time: 1 is the point from which waiting grows without bound. A minute without readings is a gap.
SELECT toStartOfInterval(r.window_start, toIntervalSecond({step}), 'UTC') AS time, concat(r.pool, ' ', r.model) AS series,
    max(r.saturation) AS value
FROM {database}.pool_per_minute_current AS r
WHERE r.window_start >= {from} AND r.window_start < {to} AND {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
