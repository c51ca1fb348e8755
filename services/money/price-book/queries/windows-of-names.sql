-- Windows (s) with attempts of the period under one of the names; without names, all windows with attempts at providers. {until:Int64} 0:
-- no end. Times in ms. A request belongs to the window of its first attempt, at most 15 minutes before the others: such windows are among
-- them. Whether a window is settled is not asked: one that is being settled for the first time in this moment may have read the prices of
-- before.
WITH touched AS (
    SELECT window_start, max(NOT is_sole_row) AS may_span
    FROM {database}.attempts_raw
    WHERE provider != ''
        AND window_start >= toStartOfMinute(fromUnixTimestamp64Milli({from:Int64}, 'UTC'))
        AND ({until:Int64} = 0 OR window_start < fromUnixTimestamp64Milli({until:Int64}, 'UTC'))
        AND (empty({providers:Array(String)}) OR (provider, request_model, response_model, service_tier, region, price_modifiers) IN (
            SELECT arrayJoin(arrayZip({providers:Array(String)}, {request_models:Array(String)}, {response_models:Array(String)},
                {service_tiers:Array(String)}, {regions:Array(String)}, {price_modifiers:Array(String)}))))
    GROUP BY window_start
),
before AS (
    SELECT DISTINCT window_start - toIntervalMinute(arrayJoin(range(1, 16))) AS window_start FROM touched WHERE may_span
)
SELECT DISTINCT toUnixTimestamp(window_start) AS start_s
FROM (
    SELECT window_start FROM touched
    UNION ALL
    SELECT DISTINCT window_start FROM {database}.attempts_raw WHERE NOT is_sole_row AND window_start IN (SELECT window_start FROM before)
)
ORDER BY start_s
