-- The ledger (messages_read) against the tables, message by message, summed per Kafka partition, for messages that the event log took in
-- the range. {found_rows}: completeness-found.sql of every raw table, since the ledger counts the rows of all. Compared by message: a
-- dead letter that is missing here must not be made up for by one too many there. Rows behind the last message of the ledger are under
-- way: they are told apart instead of upsetting the balance.
WITH
parts AS (
    SELECT m.log_epoch AS log_epoch, m.topic AS topic, m.partition AS partition, m.offset AS offset, 1 AS messages, m.lines AS lines,
        m.accepted_lines AS accepted_lines, m.dead_letters AS dead_letters, m.skipped_lines AS skipped_lines,
        m.parked_lines AS parked_lines, m.rows AS rows, toUInt64(0) AS rows_found, toUInt64(0) AS dead_letters_found
    FROM {database}.messages_read AS m FINAL
    WHERE m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')}
    UNION ALL
    SELECT f.log_epoch AS log_epoch, f.topic AS topic, f.partition AS partition, f.offset AS offset, 0 AS messages, 0 AS lines,
        0 AS accepted_lines, 0 AS dead_letters, 0 AS skipped_lines, 0 AS parked_lines, 0 AS rows, f.rows_found AS rows_found,
        f.dead_letters_found AS dead_letters_found
    FROM (
        {found_rows}
        UNION ALL
        SELECT d.log_epoch AS log_epoch, d.topic AS topic, d.partition AS partition, d.offset AS offset, toUInt64(0) AS rows_found,
            uniqExact(d.line_no) AS dead_letters_found
        FROM {database}.dead_letters AS d
        WHERE d.received_at >= {from:DateTime('UTC')} AND d.received_at < {to:DateTime('UTC')}
        GROUP BY log_epoch, topic, partition, offset
    ) AS f
),
by_message AS (
    SELECT p.log_epoch AS log_epoch, p.topic AS topic, p.partition AS partition, p.offset AS offset,
        sum(p.messages) AS messages, sum(p.lines) AS lines, sum(p.accepted_lines) AS accepted_lines, sum(p.dead_letters) AS dead_letters,
        sum(p.skipped_lines) AS skipped_lines, sum(p.parked_lines) AS parked_lines, sum(p.rows) AS rows, sum(p.rows_found) AS rows_found,
        sum(p.dead_letters_found) AS dead_letters_found
    FROM parts AS p
    GROUP BY log_epoch, topic, partition, offset
),
placed AS (
    SELECT b.*,
        toInt64(b.offset) > max(if(b.messages > 0, toInt64(b.offset), -1)) OVER (PARTITION BY b.log_epoch, b.topic, b.partition) AS is_ahead
    FROM by_message AS b
)
SELECT
    s.log_epoch AS log_epoch, s.topic AS topic, s.partition AS partition,
    sum(s.messages) AS messages, sum(s.lines) AS lines, sum(s.accepted_lines) AS accepted_lines, sum(s.dead_letters) AS dead_letters,
    sum(s.skipped_lines) AS skipped_lines, sum(s.parked_lines) AS parked_lines, sum(s.rows) AS rows,
    sumIf(s.rows_found, NOT s.is_ahead) AS rows_found, sumIf(s.dead_letters_found, NOT s.is_ahead) AS dead_letters_found,
    sumIf(s.rows_found, s.is_ahead) AS rows_ahead,
    toBool(countIf(NOT s.is_ahead AND NOT (s.lines = s.accepted_lines + s.dead_letters + s.skipped_lines + s.parked_lines
        AND s.rows = s.rows_found AND s.dead_letters = s.dead_letters_found)) = 0) AS is_balanced
FROM placed AS s
GROUP BY log_epoch, topic, partition
ORDER BY topic, log_epoch, partition
