-- By ten minutes and network of clients: who was refused, with how many keys, beside what was answered there. Parameters: from, to, is_all,
-- tenants.
SELECT
    toUnixTimestamp64Milli(toDateTime64(toStartOfInterval(s.window_start, INTERVAL 10 MINUTE), 3, 'UTC')) AS at_ms,
    s.client_ip_prefix AS client_ip_prefix,
    groupUniqArrayIf(5)(s.tenant_id, s.auth_failures > 0) AS tenants,
    sum(s.attempts) AS attempts,
    sum(s.answered_attempts) AS answered,
    sum(s.auth_failures) AS failures,
    uniqExactIf(s.api_key_id, s.auth_failures > 0 AND s.api_key_id != '') AS bad_keys,
    sumIf(s.auth_failures, s.api_key_id = '') AS nameless_failures
FROM {rows} AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
GROUP BY at_ms, client_ip_prefix
HAVING failures >= 5
ORDER BY at_ms, client_ip_prefix
LIMIT 5000
