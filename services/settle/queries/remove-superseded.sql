-- {of_windows}: which minutes, where not all of history.
DELETE FROM {database}.{table}
WHERE settle_version < {before:UInt64} {of_windows}
    AND (window_start, settle_version) NOT IN (
        SELECT window_start, max(settle_version) FROM {database}.settled_windows WHERE true {of_windows} GROUP BY window_start)
