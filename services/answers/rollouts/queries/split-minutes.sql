-- Arms of splits beside the stable arm of each, by minute: what they came to in the same minute for the same tenant and priority. Measures
-- are those of compare-arms.ts, in that order: n is what was measured, s the sum of it, q of its squares. A pair of n and m weighs
-- n m / (n + m). Parameters: from, to, is_all, tenants, keys (of the splits), stables (the stable arm of each).
WITH
cells AS (
    SELECT
        g.window_start AS at, g.route AS route, g.request_model AS request_model, {on_upstream} AS on_upstream, g.tenant_id AS tenant_id,
        g.priority AS priority, {arm} AS arm,
        indexOf({keys:Array(String)}, concat(route, '\n', request_model, '\n', on_upstream)) AS split_no,
        {measures}
    FROM {database}.attempt_groups_per_minute_current AS g
    WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
        AND {condition}
        AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
        AND concat(g.route, '\n', g.request_model, '\n', on_upstream) IN {keys:Array(String)}
    GROUP BY g.window_start, g.route, g.request_model, on_upstream, g.tenant_id, g.priority, arm
),
pairs AS (
    SELECT
        c.at AS at, c.split_no AS split_no, c.arm AS arm,
        arrayMap((n, m) -> if(n > 0 AND m > 0, n * m / (n + m), 0), c.n, b.n) AS w,
        arrayMap((weight, n, s, m, t) -> if(weight > 0, weight * (s / n - t / m), 0), w, c.n, c.s, b.n, b.s) AS moved,
        arrayMap((weight, n, s, q) -> if(weight > 0, greatest(0, q - s * s / n), 0), w, c.n, c.s, c.q) AS own_within,
        arrayMap((weight, n, s, q) -> if(weight > 0, greatest(0, q - s * s / n), 0), w, b.n, b.s, b.q) AS stable_within,
        arrayMap((weight, n, m) -> if(weight > 0, n + m - 2, 0), w, c.n, b.n) AS freedom,
        arrayMap((weight, n) -> if(weight > 0, n, 0), w, c.n) AS own_n,
        arrayMap((weight, s) -> if(weight > 0, s, 0), w, c.s) AS own_s,
        arrayMap((weight, n) -> if(weight > 0, n, 0), w, b.n) AS stable_n,
        arrayMap((weight, s) -> if(weight > 0, s, 0), w, b.s) AS stable_s
    FROM cells AS c
    INNER JOIN (SELECT at, split_no, tenant_id, priority, n, s, q FROM cells WHERE arm = {stables:Array(String)}[split_no]) AS b
        USING (at, split_no, tenant_id, priority)
    WHERE c.arm != {stables:Array(String)}[split_no]
)
SELECT
    toUnixTimestamp(p.at) * 1000 AS at_ms, p.split_no - 1 AS split_index, p.arm AS arm,
    sumForEach(p.w) AS weight, sumForEach(p.moved) AS moved, sumForEach(p.own_within) AS own_within,
    sumForEach(p.stable_within) AS stable_within, sumForEach(p.freedom) AS freedom,
    sumForEach(p.own_n) AS own_n, sumForEach(p.own_s) AS own_sum, sumForEach(p.stable_n) AS stable_n, sumForEach(p.stable_s) AS stable_sum
FROM pairs AS p
GROUP BY p.at, p.split_no, p.arm
ORDER BY at_ms, split_index, arm
LIMIT 200000
