-- Of pools that serve many, what some tenants may see: the minutes in which the pool served them, the models that they asked for or got
-- (the only model of a pool is the one they got, whatever they call it), how full it was, and themselves. What the engines count is of
-- everyone.
SELECT
    {keys}
    count() AS windows,
    avg(r.saturation) AS saturation,
    sumMap(arrayMap(t -> t.1, r.tenants), arrayMap(t -> t.2, r.tenants), arrayMap(t -> t.3, r.tenants)) AS behind,
    CAST(
        arraySlice(arraySort(t -> (-toInt64(t.3), t.1), arrayZip(behind.1, behind.2, behind.3)), 1, 10),
        'Array(Tuple(tenant_id String, attempts UInt64, tokens UInt64))') AS tenants
FROM (
    SELECT r.window_start AS window_start, {dimensions} max(r.saturation) AS saturation, groupArrayArray(r.tenants) AS tenants
    FROM (
        SELECT p.window_start AS window_start, p.pool AS pool, p.model AS model, p.saturation AS saturation,
            arrayMap(a -> (a.3, a.4, a.5), arrayFilter(a -> p.models = 1 OR a.1 = p.model OR a.2 = p.model, o.arrived)) AS tenants
        FROM (
            SELECT s.window_start AS window_start, s.pool AS pool, s.model AS model, s.saturation AS saturation,
                uniqExact(s.model) OVER (PARTITION BY s.window_start, s.pool) AS models
            FROM {database}.pool_per_minute_current AS s
            WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
        ) AS p
        INNER JOIN (
            SELECT window_start, pool, groupArray((request_model, response_model, tenant_id, sent, used)) AS arrived
            FROM (
                SELECT g.window_start AS window_start, g.upstream AS pool, toString(g.request_model) AS request_model,
                    toString(g.response_model) AS response_model, toString(g.tenant_id) AS tenant_id,
                    sum(g.attempts) AS sent, sum(g.input_tokens + g.output_tokens) AS used
                FROM {database}.attempt_groups_per_minute_current AS g
                WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
                    AND g.tenant_id IN {tenants:Array(String)} AND g.upstream_kind = 'pool' AND g.outcome != 'rejected'
                GROUP BY window_start, pool, request_model, response_model, tenant_id)
            GROUP BY window_start, pool
        ) AS o ON o.window_start = p.window_start AND o.pool = p.pool
    ) AS r
    WHERE notEmpty(r.tenants) {filters}
    GROUP BY {dimensions} window_start
) AS r
{groups}
{page}
