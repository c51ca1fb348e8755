-- kept: of the rows of a request that share an event identity the first row identity wins (body_hash: a line that was read twice, by different
-- versions of Weir, has one row identity for two bodies).
kept AS (SELECT * FROM own ORDER BY log_epoch, topic, partition, offset, line_no, row_no, body_hash LIMIT 1 BY event_identity, request_started_at),
