-- Attempts at providers by minute, with how they failed. Parameters: from, to, is_all, tenants.
-- By the model that was asked for: only an answer names the one that gave it, and failures have to stand beside answers.
SELECT
    toUnixTimestamp(g.window_start) * 1000 AS at_ms,
    g.upstream AS provider,
    g.region AS region,
    g.request_model AS model,
    sum(g.attempts) AS attempts,
    sumIf(g.attempts, g.error_class = 'provider_rate_limited') AS rate_limited,
    sumIf(g.attempts, g.error_class = 'timeout') AS timeouts,
    sumIf(g.attempts, g.error_class IN ('connect_or_reset', 'no_capacity')) AS unreached,
    sumIf(g.attempts, g.error_class IN ('provider_error', 'provider_overloaded', 'unknown', 'retries_exhausted')) AS errors,
    sum(g.attempt_ttft_count) AS timed,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.attempt_ttft_ms)[1] AS ttft_p50_ms
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.upstream_kind = 'provider' AND g.upstream != ''
    AND g.outcome NOT IN ('rejected', 'cancelled') AND g.response_cache_hits = 0
    AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
GROUP BY g.window_start, g.upstream, g.region, model
ORDER BY at_ms, provider, region, model
LIMIT 300000
