-- kept: of the rows that share an event identity the first row identity wins.
repeated AS (SELECT event_identity FROM base GROUP BY event_identity HAVING count() > 1),
kept AS (
    SELECT * FROM base WHERE event_identity NOT IN (SELECT event_identity FROM repeated)
    UNION ALL
    SELECT * FROM (
        SELECT * FROM base WHERE event_identity IN (SELECT event_identity FROM repeated)
        ORDER BY log_epoch, topic, partition, offset, line_no, row_no
        LIMIT 1 BY event_identity)
),
