SELECT count() AS windows, max(settle_version) AS highest_version
FROM {database}.settled_windows_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
