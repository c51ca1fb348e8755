-- Tokens a second that pools write, and that are sent to them.
SELECT time, concat(pool, pair.1) AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time, concat(r.pool, ' ', r.model) AS pool,
        [(' arriving', sum(r.arrival_tokens_per_s_sum) / nullIf(sum(r.arrival_tokens_per_s_windows), 0)),
            (' written', sum(r.output_tokens_per_s_sum) / nullIf(sum(r.output_tokens_per_s_windows), 0))] AS pairs
    FROM {rows:pool} AS r
    WHERE {only:pool r.pool} AND {only:model r.model}
    GROUP BY time, pool
)
ARRAY JOIN pairs AS pair
WHERE value IS NOT NULL
ORDER BY time, series
LIMIT 20000
