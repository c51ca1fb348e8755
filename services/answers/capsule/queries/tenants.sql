-- Requests of tenants by phase of an incident. What the gateway refused or the client left did not fail.
-- Parameters: before, from, to, after (s).
SELECT
    multiIf(g.window_start < {from:DateTime('UTC')}, 'before', g.window_start < {to:DateTime('UTC')}, 'during', 'after') AS phase,
    g.tenant_id AS tenant_id,
    sum(g.requests) AS requests,
    sumIf(g.failed_after_all + g.failed_at_once, g.outcome = 'error') AS failed,
    sum(g.attempts_reported) AS attempts_reported,
    g.currency AS currency,
    toString(sum(g.input_cost + g.cached_input_cost + g.cache_write_cost + g.output_cost + g.reasoning_cost + g.unit_cost)) AS list_cost,
    toString(sum(g.wasted_cost)) AS wasted_cost,
    sum(g.wasted_tokens) AS wasted_tokens,
    quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.request_duration_ms)[3] AS p95_ms,
    sum(g.request_duration_count) AS timed_requests
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {before:DateTime('UTC')} AND g.window_start < {after:DateTime('UTC')}
GROUP BY phase, g.tenant_id, g.currency
ORDER BY phase, tenant_id, currency
