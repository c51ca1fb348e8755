-- Our list price by what gateways and providers reported, over attempts that carry both; 1: they agree.
SELECT time, upstream AS series, toFloat64(ratio) AS value
FROM (
    SELECT *, {ratios:cost_drift}
    FROM (
        SELECT {bucket} AS time, r.upstream AS upstream, r.currency AS currency, r.reported_currency AS reported_currency,
            sum(r.unpriced_attempts) AS unpriced_attempts, sum(r.list_cost) AS list_cost, sum(r.reported_cost) AS reported_cost
        FROM {database}.cost_drift_per_minute_current AS r
        WHERE r.window_start >= range_start AND r.window_start < range_end AND r.currency = 'USD' AND r.reported_currency = 'USD'
            AND {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
        GROUP BY time, upstream, currency, reported_currency
    )
)
WHERE value IS NOT NULL
ORDER BY time, series
LIMIT 20000
