-- Minutes with attempts: one that was settled without any, because a neighbour asked for it, says nothing.
SELECT countIf(raw_rows > 0) AS windows
FROM {database}.settled_windows_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
