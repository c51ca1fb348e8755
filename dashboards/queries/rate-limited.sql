-- Share of attempts that the provider refused for their rate.
SELECT {bucket} AS time, r.provider AS series, {ratio:provider.rate_limited_ratio} AS value
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
