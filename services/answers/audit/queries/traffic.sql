-- Attempts by upstream, with what is known of them. Parameters: from, to.
SELECT
    g.upstream_kind AS upstream_kind,
    g.upstream AS upstream,
    sum(g.requests) AS requests,
    sum(g.attempts) AS attempts,
    sumIf(g.attempts, g.outcome != 'rejected') AS sent_attempts,
    sumIf(g.attempts, g.route != '') AS routed_attempts,
    sumIf(g.attempts, g.policy != '') AS policed_attempts,
    sumIf(g.attempts, g.priority != '') AS prioritised_attempts,
    sumIf(g.attempts, g.outcome = 'ok') AS ok_attempts,
    sum(g.missing_usage_attempts + g.contradictory_usage_attempts) AS unknown_usage_attempts,
    sum(g.unpriced_attempts) AS unpriced_attempts,
    sum(g.unseen_attempts) AS unseen_attempts,
    sum(g.attempts_reported) AS attempts_reported,
    sum(g.request_ttft_count) AS timed_requests,
    sum(g.request_queue_count) AS queued_requests,
    sum(g.successful_requests) AS successful_requests,
    sumIf(g.attempts, g.error_class = 'timeout') AS timeouts
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
GROUP BY g.upstream_kind, g.upstream
ORDER BY g.upstream_kind, g.upstream
