-- Settled minutes of a period with the version of each that is in place. Parameters: from, to (s).
SELECT toUnixTimestamp(s.window_start) AS start_s, max(s.settle_version) AS version
FROM {database}.settled_windows AS s
WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
GROUP BY start_s
ORDER BY start_s
