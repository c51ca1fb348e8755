-- kept: of the rows that share an event identity the first row identity wins.
kept AS (SELECT * FROM base ORDER BY log_epoch, topic, partition, offset, line_no, row_no LIMIT 1 BY event_identity),
