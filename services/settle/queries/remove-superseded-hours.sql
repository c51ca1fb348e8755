DELETE FROM {database}.{table}
WHERE hour_version < {before:UInt64}
    AND (hour_start, hour_version) NOT IN (SELECT hour_start, max(hour_version) FROM {database}.settled_hours GROUP BY hour_start)
