-- Readings of a view: what is counted over the rows of a period before each moment. A row has part in every moment that comes after it by
-- no more than the period. Parameters: first_s, step_s, moments (when, s), over_s (the period, s), from, to, limit.
SELECT
    at_s, {label_names}
    counted / nullIf(per, 0) AS value,
    * EXCEPT (at_s, per)
FROM (
    SELECT
        {first_s:Int64} + {step_s:Int64} * arrayJoin(range(
            toUInt32(greatest(0., floor((toInt64(toUnixTimestamp(r.window_start)) - {first_s:Int64}) / {step_s:Int64}) + 1)),
            toUInt32(greatest(0., least(toFloat64({moments:Int64}),
                floor((toInt64(toUnixTimestamp(r.window_start)) + {over_s:Int64} - {first_s:Int64}) / {step_s:Int64}) + 1)))
        )) AS at_s,
        {labels}
        {counted} AS counted,
        {per} AS per,
        {sample} AS sample,
        {facts}
        {tenants},
        {currency} AS currency
    FROM {rows} AS r
    WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')} {filters}
    GROUP BY {label_names} at_s
)
ORDER BY at_s, sample DESC, {label_names} at_s
LIMIT {limit:UInt32} BY at_s
