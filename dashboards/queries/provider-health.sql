-- Share of attempts that failed, by provider and region; a step without attempts has no value, not 0.
SELECT {bucket} AS time, if(r.region = '', r.provider, concat(r.provider, ' ', r.region)) AS series,
    1 - {ratio:provider.success_ratio} AS value
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
