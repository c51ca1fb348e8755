-- The rows of the first hour again in the others.
INSERT INTO {database}.{table}
SELECT t.* REPLACE (t.window_start + hour * 3600 AS window_start)
FROM {database}.{table} AS t
ARRAY JOIN range(1, {hours:UInt32}) AS hour
SETTINGS max_block_size = 8192, max_insert_threads = 1
