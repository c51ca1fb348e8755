SELECT {safe_value} AS value, name AS text
FROM (
    SELECT DISTINCT toString(r.{column}) AS name
    FROM {rows:usage} AS r
    WHERE {where}
)
ORDER BY text
LIMIT 5000
