-- Our list cost against what was reported, where both can be compared. Parameters: from, to (s).
SELECT
    t.upstream AS upstream, t.currency AS currency, sum(t.attempts) AS attempts,
    toFloat64(sum(t.list_cost)) AS list_cost, toFloat64(sum(t.reported_cost)) AS reported_cost
FROM {database}.cost_drift_ratios AS t
WHERE t.window_start >= {from:DateTime('UTC')} AND t.window_start < {to:DateTime('UTC')} AND t.is_comparable
GROUP BY upstream, currency
ORDER BY upstream, currency
LIMIT 10000
