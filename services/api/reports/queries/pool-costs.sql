-- An hour belongs to the range when it begins in it; so does a part of one. Limited to tenants: their own shares.
SELECT
    {keys}
    max(r.period_end) AS told_until,
    sum(r.cost) AS cost,
    sum(r.gpu_hours) AS gpu_hours
FROM (SELECT *, period_start AS window_start FROM {database}.gpu_pool_cost_per_hour_current) AS r
WHERE {of_range_and_scope}
{groups}
{page}
