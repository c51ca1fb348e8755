-- Windows with rows of this one's shared requests, and how many.
SELECT toUnixTimestamp(row_window) AS start, sum(rows) AS rows
FROM {database}.shared_requests
WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64}
GROUP BY row_window
