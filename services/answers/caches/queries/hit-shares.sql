-- Share of the input tokens that was read from a cache, by tenant, model and UTC day: from hours that are up to date, else from their
-- minutes. Parameters: from, to (whole hours), is_all, tenants.
WITH
    finer AS (
        SELECT hour_start FROM {database}.stale_hours
        WHERE hour_start >= {from:DateTime('UTC')} AND hour_start < {to:DateTime('UTC')}
    ),
    tokens AS (
        SELECT
            h.tenant_id AS tenant_id, if(h.response_model = '', h.request_model, h.response_model) AS model,
            toDate(h.hour_start) AS day, h.input_tokens AS input_tokens, h.cached_input_tokens AS cached_input_tokens
        FROM {database}.usage_per_hour_current AS h
        WHERE h.hour_start >= {from:DateTime('UTC')} AND h.hour_start < {to:DateTime('UTC')}
            AND h.hour_start NOT IN (SELECT f.hour_start FROM finer AS f)
            AND ({is_all:Bool} OR h.tenant_id IN {tenants:Array(String)})
        UNION ALL
        SELECT
            u.tenant_id, if(u.response_model = '', u.request_model, u.response_model),
            toDate(u.window_start), u.input_tokens, u.cached_input_tokens
        FROM {database}.usage_per_minute_current AS u
        WHERE u.window_start >= {from:DateTime('UTC')} AND u.window_start < {to:DateTime('UTC')}
            AND toStartOfHour(u.window_start) IN (SELECT f.hour_start FROM finer AS f)
            AND ({is_all:Bool} OR u.tenant_id IN {tenants:Array(String)})
    )
SELECT tenant_id, model, groupArray(cached / input) AS shares
FROM (
    SELECT t.tenant_id AS tenant_id, t.model AS model, t.day AS day, sum(t.cached_input_tokens) AS cached, sum(t.input_tokens) AS input
    FROM tokens AS t
    GROUP BY ALL
)
WHERE input > 0
GROUP BY tenant_id, model
