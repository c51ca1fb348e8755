-- What each pool cost, how much of its time it worked, and what a million tokens came to.
SELECT pool, currency, toFloat64(cost) AS cost, utilisation_ratio,
    toFloat64(cost_per_million_tokens) AS cost_per_million_tokens,
    toFloat64(compared_cost_per_million_tokens) AS compared_cost_per_million_tokens
FROM (
    SELECT *, {ratios:gpu_pool_use}
    FROM (
        SELECT r.pool AS pool, r.currency AS currency, sum(r.cost) AS cost, sum(r.busy_cost) AS busy_cost,
            sum(r.measured_gpu_hours) AS measured_gpu_hours, sum(r.busy_gpu_hours) AS busy_gpu_hours, sum(r.input_tokens) AS input_tokens,
            sum(r.output_tokens) AS output_tokens, if(countIf(r.compared_cost IS NULL) > 0, NULL, sum(r.compared_cost)) AS compared_cost
        FROM {database}.gpu_pool_use_per_hour_current AS r
        WHERE r.period_start >= {from} AND r.period_start < {to} AND {only:pool r.pool}
        GROUP BY pool, currency
    )
)
ORDER BY cost DESC, pool, currency
LIMIT 100
