-- Share of prompt tokens that model servers found in their prefix caches.
SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS series,
    sum(r.prefix_cache_hit_ratio_sum) / nullIf(sum(r.prefix_cache_hit_ratio_windows), 0) AS value
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
