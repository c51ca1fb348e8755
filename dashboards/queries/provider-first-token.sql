-- Time to the first token of attempts, 95 in 100 of them, by provider.
SELECT {bucket} AS time, r.provider AS series, toFloat64(quantilesBFloat16Merge(0.95)(r.ttft_ms)[1]) AS value
FROM {rows:provider} AS r
WHERE r.ttft_count > 0 AND {only:provider r.provider}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
