-- Failures of callers by hour and network in the time before: their sum and the sum of their squares. Parameters: from, to, is_all,
-- tenants.
SELECT client_ip_prefix, sum(h.failures) AS failures, sum(h.failures * h.failures) AS squares, count() AS hours
FROM (
    SELECT s.client_ip_prefix AS client_ip_prefix, toStartOfHour(s.window_start) AS hour,
        toUInt64(sum(s.auth_failures - s.auth_failures_by_result['denied'] - s.auth_failures_by_result['forbidden'])) AS failures
    FROM {rows} AS s
    WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
        AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
    GROUP BY client_ip_prefix, hour
) AS h
WHERE h.failures > 0
GROUP BY client_ip_prefix
