-- Arms of splits beside the stable arm of each, by minute: what they came to in the same minute for the same tenant and priority. Measures
-- are those of compare-arms.ts, in that order: n is what was measured, s the sum of it, q of its squares. A pair of n and m weighs
-- n m / (n + m). Parameters: from, to, is_all, tenants, routes, models, keys (of the splits), stables (the stable arm of each).
WITH
cells AS (
    SELECT
        g.window_start AS at, g.route AS route, g.request_model AS request_model, {on_upstream} AS on_upstream, g.tenant_id AS tenant_id,
        g.priority AS priority, {arm} AS arm,
        {measures}
    FROM {database}.attempt_groups_per_minute_current AS g
    WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')}
        AND {condition}
        AND ({is_all:Bool} OR g.tenant_id IN {tenants:Array(String)})
        AND g.route IN {routes:Array(String)} AND g.request_model IN {models:Array(String)}
    GROUP BY g.window_start, g.route, g.request_model, on_upstream, g.tenant_id, g.priority, arm
),
-- strata: a minute of a split, a tenant and a priority, with all arms that had some.
strata AS (
    SELECT
        at, indexOf({keys:Array(String)}, concat(route, '\n', request_model, '\n', on_upstream)) AS split_no,
        groupArray((toString(arm), n, s, q)) AS arms
    FROM cells
    GROUP BY at, route, request_model, on_upstream, tenant_id, priority
    HAVING length(arms) > 1 AND split_no > 0
),
paired AS (
    SELECT at, split_no, one.1 AS arm, one.2 AS n, one.3 AS s, one.4 AS q, b.2 AS m, b.3 AS t, b.4 AS r
    FROM (
        SELECT at, split_no, arms, arrayFirst(one -> one.1 = {stables:Array(String)}[split_no], arms) AS b
        FROM strata) AS with_stable
    ARRAY JOIN arms AS one
    WHERE notEmpty(b.2) AND one.1 != b.1
),
pairs AS (
    SELECT
        at, split_no, arm,
        arrayMap((a, b) -> if(a > 0 AND b > 0, a * b / (a + b), 0), n, m) AS w,
        arrayMap((weight, a, x, b, y) -> if(weight > 0, weight * (x / a - y / b), 0), w, n, s, m, t) AS moved,
        arrayMap((weight, a, x, z) -> if(weight > 0, greatest(0, z - x * x / a), 0), w, n, s, q) AS own_within,
        arrayMap((weight, b, y, z) -> if(weight > 0, greatest(0, z - y * y / b), 0), w, m, t, r) AS stable_within,
        arrayMap((weight, a, b) -> if(weight > 0, a + b - 2, 0), w, n, m) AS freedom,
        arrayMap((weight, a) -> if(weight > 0, a, 0), w, n) AS own_n,
        arrayMap((weight, x) -> if(weight > 0, x, 0), w, s) AS own_s,
        arrayMap((weight, b) -> if(weight > 0, b, 0), w, m) AS stable_n,
        arrayMap((weight, y) -> if(weight > 0, y, 0), w, t) AS stable_s
    FROM paired
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
