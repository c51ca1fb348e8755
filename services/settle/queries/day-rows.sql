-- The days of {days:Array(DateTime('UTC'))} from their hours, in the versions up to {newest_version:UInt64}.
INSERT INTO {database}.{table}_per_day (day_start, day_version, {columns})
SELECT toStartOfDay(m.hour_start) AS day_start, {version:UInt64} AS day_version, {selected}
FROM {database}.{table}_per_hour AS m
WHERE m.hour_start >= {from:DateTime('UTC')} AND m.hour_start < {until:DateTime('UTC')}
    AND toStartOfDay(m.hour_start) IN {days:Array(DateTime('UTC'))}
    AND (m.hour_start, m.hour_version) IN (
        SELECT hour_start, max(hour_version)
        FROM {database}.settled_hours
        WHERE hour_start >= {from:DateTime('UTC')} AND hour_start < {until:DateTime('UTC')}
            AND hour_version <= {newest_version:UInt64}
        GROUP BY hour_start)
GROUP BY day_start, {keys}
