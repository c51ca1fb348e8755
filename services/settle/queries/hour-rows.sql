-- The hours of {hours:Array(DateTime('UTC'))} from their minutes, in the versions up to {newest_version:UInt64}.
INSERT INTO {database}.{table}_per_hour (hour_start, hour_version, {columns})
SELECT toStartOfHour(m.window_start) AS hour_start, {version:UInt64} AS hour_version, {selected}
FROM {database}.{table}_per_minute AS m
WHERE m.window_start >= {from:DateTime('UTC')} AND m.window_start < {until:DateTime('UTC')}
    AND toStartOfHour(m.window_start) IN {hours:Array(DateTime('UTC'))}
    AND (m.window_start, m.settle_version) IN (
        SELECT window_start, max(settle_version)
        FROM {database}.settled_windows
        WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
            AND settle_version <= {newest_version:UInt64}
        GROUP BY window_start)
GROUP BY hour_start, {keys}
