-- All requests by phase of an incident. What the gateway refused or the client left did not fail.
-- Parameters: before, from, to, after (s).
SELECT
    multiIf(g.window_start < {from:DateTime('UTC')}, 'before', g.window_start < {to:DateTime('UTC')}, 'during', 'after') AS phase,
    uniqExact(g.window_start) AS minutes,
    sum(g.requests) AS requests,
    sumIf(g.failed_after_all + g.failed_at_once, g.outcome = 'error') AS failed,
    sum(g.attempts_reported) AS attempts_reported,
    sum(g.recovered_by_retry) AS recovered_by_retry,
    sum(g.recovered_by_fallback) AS recovered_by_fallback,
    if(sum(g.request_duration_count) = 0, NULL, quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.request_duration_ms)[3]) AS p95_ms,
    if(sum(g.request_ttft_count) = 0, NULL, quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.99)(g.request_ttft_ms)[3]) AS ttft_p95_ms
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {before:DateTime('UTC')} AND g.window_start < {after:DateTime('UTC')}
GROUP BY phase
ORDER BY phase
