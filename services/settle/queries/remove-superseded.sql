DELETE FROM {database}.{table}
WHERE settle_version < {before:UInt64}
    AND (window_start, settle_version) NOT IN (
        SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start)
