-- Share of attempts that failed, by provider and region; a step without attempts has no value, not 0.
SELECT {bucket} AS time, if(r.region = '', r.provider, concat(r.provider, ' ', r.region)) AS series,
    1 - sum(r.successful_attempts) / nullIf(sum(r.attempts), 0) AS value
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY time, series
ORDER BY time, series
LIMIT 20000
