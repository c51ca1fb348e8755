-- Changes of the price book, at the time from which their prices hold.
SELECT toDateTime(i.valid_from, 'UTC') AS time, concat('Prices: ', i.kind) AS title, concat(i.imported_by, ': ', i.reason) AS text
FROM {database}.price_imports AS i
WHERE i.valid_from >= {from} AND i.valid_from < {to}
ORDER BY time
LIMIT 500
