-- Models that answered in the range and in none of the seven days before it: what was rolled out.
SELECT min(r.hour_start) AS time, 'New model' AS title, concat(r.response_model, ' at ', r.upstream) AS text
FROM {database}.usage_per_hour_current AS r
WHERE r.hour_start >= {from} - INTERVAL 7 DAY AND r.hour_start < {to} AND r.response_model != ''
GROUP BY r.response_model, r.upstream
HAVING time >= {from}
ORDER BY time
LIMIT 100
