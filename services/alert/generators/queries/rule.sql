-- A rule's view at the end of the last settled minute. Filled in: database, labels, view (a statement), conditions.
WITH (
    SELECT toInt64(toUnixTimestamp(max(s.window_start))) + 60 FROM {database}.settled_windows AS s
    WHERE s.window_start >= now() - INTERVAL 2 DAY
) AS until_s
SELECT {labels}toFloat64(value) AS value
FROM (
{view}
)
WHERE {conditions}
