-- Limited to tenants: the pools whose cost they share in the range.
SELECT *, {ratios:gpu_pool_use}
FROM (
    SELECT
        {keys}
        max(r.period_end) AS told_until,
        sum(r.cost) AS cost,
        sum(r.busy_cost) AS busy_cost,
        sum(r.idle_cost) AS idle_cost,
        sum(r.unattributed_cost) AS unattributed_cost,
        sum(r.gpu_hours) AS gpu_hours,
        sum(r.measured_gpu_hours) AS measured_gpu_hours,
        sum(r.busy_gpu_hours) AS busy_gpu_hours,
        sum(r.minutes) AS minutes,
        sum(r.measured_minutes) AS measured_minutes,
        sum(r.input_tokens) AS input_tokens,
        sum(r.cached_input_tokens) AS cached_input_tokens,
        sum(r.output_tokens) AS output_tokens,
        sum(r.warm_up_minutes) AS warm_up_minutes,
        sum(r.minutes_before_work) AS minutes_before_work,
        sum(r.cold_starts) AS cold_starts,
        if(countIf(r.compared_cost IS NULL) > 0, NULL, sum(r.compared_cost)) AS compared_cost
    FROM (SELECT *, period_start AS window_start FROM {database}.gpu_pool_use_per_hour_current) AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
        AND ({all_tenants:Bool} OR r.pool IN (
            SELECT c.pool FROM {database}.gpu_pool_cost_per_hour_current AS c
            WHERE c.period_start >= {from:DateTime('UTC')} AND c.period_start < {to:DateTime('UTC')}
                AND c.tenant_id IN {tenants:Array(String)})) {filters}
    {groups}
)
{page}
