-- Endpoint pickers that are read, by pool. Parameters: from, to.
SELECT g.pool AS pool, count() AS samples
FROM {database}.gateway_samples_raw AS g
WHERE g.window_start >= {from:DateTime('UTC')} AND g.window_start < {to:DateTime('UTC')} AND g.kind = 'picker'
GROUP BY g.pool
ORDER BY g.pool
