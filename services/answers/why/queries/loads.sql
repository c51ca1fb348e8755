-- Tokens that tenants put on pools, by period. Parameters: from, middle, to.
SELECT
    u.upstream AS pool,
    u.tenant_id AS tenant_id,
    sumIf(u.input_tokens - u.cached_input_tokens + u.output_tokens, u.window_start < {middle:DateTime('UTC')}) AS before_tokens,
    sumIf(u.input_tokens - u.cached_input_tokens + u.output_tokens, u.window_start >= {middle:DateTime('UTC')}) AS after_tokens
FROM {database}.usage_per_minute_current AS u
WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')} AND u.upstream_kind = 'pool'
GROUP BY u.upstream, u.tenant_id
