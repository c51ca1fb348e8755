-- The rows of the first day again on {days:UInt32} - 1 further ones.
INSERT INTO {database}.{table} ({columns})
SELECT {moved}
FROM {database}.{table} AS t
ARRAY JOIN range(1, {days:UInt32}) AS day
SETTINGS max_block_size = 8192, max_insert_threads = 1
