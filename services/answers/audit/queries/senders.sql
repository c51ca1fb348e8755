-- Gateways as their lines tell, of the last hour. Parameters: last_from, to.
SELECT
    r.gateway AS gateway,
    r.dialect AS dialect,
    count() AS attempts,
    countIf(r.api_key_id != '') AS keyed_attempts,
    uniq(r.source) AS sources
FROM {database}.attempts_raw AS r
WHERE r.window_start >= {last_from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
GROUP BY r.gateway, r.dialect
ORDER BY attempts DESC, r.gateway, r.dialect
LIMIT 100
