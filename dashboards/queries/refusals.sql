-- Attempts that gateways refused in time, by what for.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time,
        [('who called', toFloat64(sum(r.auth_failures))), ('rate, budget or load', toFloat64(sum(r.rate_limited_attempts))),
            ('model not allowed', toFloat64(sum(r.refused_model_attempts))), ('policy', toFloat64(sum(r.blocked_by_policy)))] AS pairs
    FROM {rows:security} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
