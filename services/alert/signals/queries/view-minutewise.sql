-- Readings of a view whose minutes are looked at apart: the value of each minute first, then one of them (or their mean) for each moment.
-- A minute without the figure has no part in it. Parameters as in view-summed.sql.
SELECT
    {first_s:Int64} + {step_s:Int64} * arrayJoin(range(
        toUInt32(greatest(0., floor((toInt64(toUnixTimestamp(m.window_start)) - {first_s:Int64}) / {step_s:Int64}) + 1)),
        toUInt32(greatest(0., least(toFloat64({moments:Int64}),
            floor((toInt64(toUnixTimestamp(m.window_start)) + {over_s:Int64} - {first_s:Int64}) / {step_s:Int64}) + 1)))
    )) AS at_s,
    {label_names}
    {of} AS value,
    value AS counted,
    sum(m.sample) AS sample,
    {folded_facts}
    toUInt64(0) AS tenants_total,
    CAST([], 'Array(String)') AS tenants,
    max(m.currency) AS currency
FROM (
    SELECT
        r.window_start AS window_start,
        {labels}
        {counted} / nullIf({per}, 0) AS value,
        {sample} AS sample,
        {facts}
        {currency} AS currency
    FROM {rows} AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} {filters}
    GROUP BY {label_names} window_start
) AS m
GROUP BY {label_names} at_s
ORDER BY at_s, sample DESC, {label_names} at_s
LIMIT {limit:UInt32} BY at_s
