-- How full pools are in time: 1 is the point from which waiting grows without bound. A minute without readings is a gap.
SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS series, max(r.saturation_max) AS value
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
