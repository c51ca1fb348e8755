-- Why attempts failed, by error class.
SELECT pair.1 AS label, sum(pair.2) AS value
FROM {rows:provider} AS r
ARRAY JOIN CAST(r.errors_by_class, 'Array(Tuple(String, UInt64))') AS pair
WHERE {only:provider r.provider}
GROUP BY label
HAVING value > 0
ORDER BY value DESC, label
LIMIT 50
