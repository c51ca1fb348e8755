-- Routes with where their requests went and what retries did. Parameters: from, to.
SELECT
    t.route AS route,
    sum(t.requests) AS requests,
    sum(t.attempts_reported) AS attempts_reported,
    max(t.load) AS worst_amplification,
    sum(t.timeouts) AS timeouts,
    arraySort(groupUniqArrayArray(t.upstreams)) AS upstreams,
    arraySort(groupUniqArrayArray(t.policies)) AS policies,
    arraySort(groupUniqArrayArray(t.priorities)) AS priorities,
    sum(t.retried_requests) AS retried_requests,
    sum(t.recovered) AS recovered,
    sum(t.failed_after_all) AS failed_after_all,
    sum(t.failed_at_once) AS failed_at_once
FROM (
    SELECT
        g.window_start AS window_start,
        g.route AS route,
        sum(g.requests) AS requests,
        sum(g.attempts_reported) AS attempts_reported,
        -- Of a minute with few requests one retried request would already be a storm.
        if(sum(g.requests) >= 30, sum(g.attempts_reported) / sum(g.requests), 0) AS load,
        sumIf(g.attempts, g.error_class = 'timeout') AS timeouts,
        groupUniqArrayIf(20)(g.upstream, g.upstream != '') AS upstreams,
        groupUniqArrayIf(20)(g.policy, g.policy != '') AS policies,
        groupUniqArrayIf(20)(g.priority, g.priority != '') AS priorities,
        sum(g.retried_requests) AS retried_requests,
        sum(g.recovered_by_retry + g.recovered_by_fallback) AS recovered,
        sum(g.failed_after_all) AS failed_after_all,
        sum(g.failed_at_once) AS failed_at_once
    FROM {database}.attempt_groups_per_minute_current AS g
    WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    GROUP BY g.window_start, g.route
) AS t
GROUP BY t.route
ORDER BY requests DESC, t.route
LIMIT 1000
