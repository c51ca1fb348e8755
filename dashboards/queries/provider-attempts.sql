-- Attempts in time by provider.
SELECT {bucket} AS time, r.provider AS series, toFloat64(sum(r.attempts)) AS value
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY time, series
