-- Attempts at an upstream in steps in which most of them failed: a breaker would have kept them away.
SELECT {bucket} AS time, r.provider AS series, toFloat64(sum(r.attempts)) AS value
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY time, series
HAVING sum(r.successful_attempts) * 2 < sum(r.attempts)
ORDER BY time, series
LIMIT 20000
