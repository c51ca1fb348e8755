-- Rows of a raw table by message; {row_key} tells apart those of one.
SELECT f.log_epoch AS log_epoch, f.topic AS topic, f.partition AS partition, f.offset AS offset,
    uniqExact({row_key}) AS rows_found, toUInt64(0) AS dead_letters_found
FROM {database}.{table} AS f
WHERE f.received_at >= {from:DateTime('UTC')} AND f.received_at < {to:DateTime('UTC')}
    AND f.window_start >= {oldest:DateTime('UTC')} AND f.window_start < {newest:DateTime('UTC')}
GROUP BY log_epoch, topic, partition, offset
