-- What tenants asked of pools and got there, in the minutes in which requests waited. A request asks the pool of its first attempt, and got
-- it if that pool answered. Work: uncached input and twice the output. Parameters: from, to.
SELECT
    g.from_upstream AS pool,
    g.tenant_id AS tenant_id,
    sum(g.requests) AS asked,
    sumIf(g.successful_requests, g.upstream = g.from_upstream) AS served,
    sumIf(g.input_tokens - least(g.input_tokens, g.cached_input_tokens) + 2 * g.output_tokens,
        g.outcome = 'ok' AND g.upstream = g.from_upstream) AS work
FROM {database}.attempt_groups_per_minute_current AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
    AND g.requests > 0 AND g.outcome NOT IN ('rejected', 'cancelled') AND g.error_class NOT IN ('client_error', 'auth')
    AND (g.from_upstream, g.window_start) IN (
        SELECT p.pool, p.window_start
        FROM {database}.pool_per_minute_current AS p
        WHERE p.window_start >= {from:DateTime('UTC')} AND p.window_start < {to:DateTime('UTC')}
            AND (p.waiting >= 1 OR p.saturation >= 1))
GROUP BY pool, tenant_id
ORDER BY pool, tenant_id
LIMIT 100000
