-- The days of a month of {table}, before it is dropped.
INSERT INTO {database}.dropped_days (table_name, day, rows, dropped_at_ms)
SELECT {table_name:String} AS table_name, toDate({start}) AS day, count() AS rows, {now_ms:Int64} AS dropped_at_ms
FROM {database}.{table}
WHERE toYYYYMM({start}) = {month:UInt32}
GROUP BY day
