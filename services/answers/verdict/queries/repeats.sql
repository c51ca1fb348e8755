-- Requests that have the prompt of one that their sender sent before them on the same route and that ended at most a minute ago. A
-- prompt is told by its hash, else by the size of its body. Parameters: from, to (s), routes, is_all, tenants.
WITH
requests AS (
    SELECT
        tenant_id, route, any(api_key_id) AS key, any(user_id) AS user, min(started_at) AS began,
        max(ifNull(ended_at, started_at + toIntervalMillisecond(toInt64(least(ifNull(duration_ms, 0), 1e9))))) AS ended,
        max(outcome = 'ok') AS is_answered,
        any(if(prompt_hash != '', prompt_hash, if(request_bytes > 0, toString(request_bytes), ''))) AS prompt
    FROM {database}.attempts_raw
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')} AND route IN {routes:Array(String)}
        AND ({is_all:Bool} OR tenant_id IN {tenants:Array(String)})
    GROUP BY tenant_id, route, request_hash
),
following AS (
    SELECT
        *,
        lagInFrame(toNullable(ended)) OVER earlier AS ended_before,
        lagInFrame(is_answered) OVER earlier AS was_answered
    FROM requests
    WHERE prompt != ''
    WINDOW earlier AS (PARTITION BY tenant_id, route, key, user, prompt ORDER BY began, ended ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
),
judged AS (
    SELECT *, ended_before IS NOT NULL AND began >= ended_before AND began <= ended_before + INTERVAL 1 MINUTE AS is_repeat FROM following
)
SELECT
    f.route AS route,
    intDiv(toUnixTimestamp(f.began), 10) * 10000 AS at_ms,
    f.tenant_id AS tenant_id,
    f.key AS api_key_id,
    count() AS known,
    countIf(NOT f.is_answered) AS failed,
    countIf(f.is_answered) AS answered,
    countIf(f.is_repeat AND NOT f.was_answered) AS after_failure,
    countIf(f.is_repeat AND f.was_answered) AS after_answer
FROM judged AS f
GROUP BY f.route, at_ms, f.tenant_id, f.key
ORDER BY route, at_ms, tenant_id, api_key_id
LIMIT 100000
