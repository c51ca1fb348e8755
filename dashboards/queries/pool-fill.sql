-- How long until each pool is full, as its last readings foretell, and what waits there. Of a pool whose load does not rise
-- no time is told.
SELECT r.pool AS pool, r.model AS model, argMax(tuple(r.minutes_to_saturation), r.last_window).1 * 60 AS seconds_to_full,
    max(r.saturation_max) AS saturation_max, sum(r.waiting_sum) / nullIf(sum(r.waiting_windows), 0) AS waiting,
    sum(r.queue_ms_finished) / nullIf(sum(r.queue_finished), 0) AS queue_ms, max(r.kv_cache_use_ratio_max) AS kv_cache_use_ratio_max,
    sum(r.preemptions) AS preemptions
FROM {rows:pool} AS r
WHERE {only:pool r.pool} AND {only:model r.model}
GROUP BY pool, model
ORDER BY seconds_to_full NULLS LAST, saturation_max DESC NULLS LAST, pool, model
LIMIT 100
