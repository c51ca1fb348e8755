-- Settled quantities by what decides their price, what was asked for and the cut that they lie behind; the code
-- prices them by the billing terms.
SELECT
    {columns}
    greatest(roundDown(toUnixTimestamp(r.window_start), {cuts:Array(UInt32)}), toUnixTimestamp({step_start})) AS period_start_s,
    toString(r.unit_price) AS list_unit_price,
    toString(sum(r.quantity)) AS units
FROM {rows} AS r
WHERE {of_range_and_scope}
GROUP BY {group_by} period_start_s, r.unit_price
ORDER BY ALL
LIMIT {limit:UInt32}
