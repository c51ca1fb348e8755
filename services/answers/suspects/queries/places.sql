-- By ten minutes and network of clients: who was refused because nobody knew them, with how many keys, beside what was answered there.
-- Who is known and may not (denied, forbidden) guesses no key. Parameters: from, to, is_all, tenants.
SELECT
    toUnixTimestamp64Milli(toDateTime64(toStartOfInterval(s.window_start, INTERVAL 10 MINUTE), 3, 'UTC')) AS at_ms,
    s.client_ip_prefix AS client_ip_prefix,
    groupUniqArrayIf(5)(s.tenant_id, s.unknown > 0) AS tenants,
    sum(s.attempts) AS attempts,
    sum(s.answered_attempts) AS answered,
    sum(s.unknown) AS failures,
    uniqExactIf(s.api_key_id, s.unknown > 0 AND s.api_key_id != '') AS bad_keys,
    sumIf(s.unknown, s.api_key_id = '') AS nameless_failures
FROM (
    SELECT r.window_start AS window_start, r.tenant_id AS tenant_id, r.client_ip_prefix AS client_ip_prefix, r.api_key_id AS api_key_id,
        r.attempts AS attempts, r.answered_attempts AS answered_attempts,
        toUInt64(r.auth_failures - r.auth_failures_by_result['denied'] - r.auth_failures_by_result['forbidden']) AS unknown
    FROM {rows} AS r
) AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
GROUP BY at_ms, client_ip_prefix
HAVING failures >= 5
ORDER BY at_ms, client_ip_prefix
LIMIT 5000
