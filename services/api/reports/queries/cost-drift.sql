SELECT *, {ratios:cost_drift}
FROM (
    SELECT
        {keys}
        sum(r.attempts) AS attempts,
        sum(r.unpriced_attempts) AS unpriced_attempts,
        sum(r.list_cost) AS list_cost,
        sum(r.reported_cost) AS reported_cost
    FROM {database}.cost_drift_per_minute_current AS r
    WHERE {of_range_and_scope}
    {groups}
)
{page}
