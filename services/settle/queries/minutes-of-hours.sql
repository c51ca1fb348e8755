-- Condition on a table of minutes: those that hours are made of.
window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
    AND toStartOfHour(window_start) IN {hours:Array(DateTime('UTC'))}
    AND (window_start, settle_version) IN (
        SELECT window_start, max(settle_version)
        FROM {database}.settled_windows
        WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
            AND settle_version <= {newest_version:UInt64}
        GROUP BY window_start)
