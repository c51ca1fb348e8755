-- The ledger (messages_read) against the tables, per Kafka partition, for messages that the event log took in the range.
-- {found_rows}: completeness-found.sql of every raw table, since the ledger counts the rows of all.
-- Rows behind the last message of the ledger are under way: they are told apart instead of upsetting the balance.
WITH
ledger AS (
    SELECT m.log_epoch AS log_epoch, m.topic AS topic, m.partition AS partition, max(m.offset) AS last_offset,
        count() AS messages, sum(m.lines) AS lines, sum(m.accepted_lines) AS accepted_lines, sum(m.dead_letters) AS dead_letters,
        sum(m.skipped_lines) AS skipped_lines, sum(m.rows) AS rows
    FROM {database}.messages_read AS m FINAL
    WHERE m.received_at >= {from:DateTime('UTC')} AND m.received_at < {to:DateTime('UTC')}
    GROUP BY log_epoch, topic, partition
),
found AS (
    {found_rows}
    UNION ALL
    SELECT d.log_epoch, d.topic, d.partition, d.offset, 0, uniqExact(d.line_no)
    FROM {database}.dead_letters AS d
    WHERE d.received_at >= {from:DateTime('UTC')} AND d.received_at < {to:DateTime('UTC')}
    GROUP BY d.log_epoch, d.topic, d.partition, d.offset
)
SELECT
    b.log_epoch AS log_epoch, b.topic AS topic, b.partition AS partition,
    sum(b.messages) AS messages, sum(b.lines) AS lines, sum(b.accepted_lines) AS accepted_lines, sum(b.dead_letters) AS dead_letters,
    sum(b.skipped_lines) AS skipped_lines,
    sum(b.rows) AS rows, sum(b.rows_found) AS rows_found, sum(b.dead_letters_found) AS dead_letters_found, sum(b.rows_ahead) AS rows_ahead,
    toBool(sum(b.lines) = sum(b.accepted_lines) + sum(b.dead_letters) + sum(b.skipped_lines) AND sum(b.rows) = sum(b.rows_found)
        AND sum(b.dead_letters) = sum(b.dead_letters_found)) AS is_balanced
FROM (
    SELECT log_epoch, topic, partition, messages, lines, accepted_lines, dead_letters, skipped_lines, rows,
        toUInt64(0) AS rows_found, toUInt64(0) AS dead_letters_found, toUInt64(0) AS rows_ahead
    FROM ledger
    UNION ALL
    SELECT f.log_epoch, f.topic, f.partition, 0, 0, 0, 0, 0, 0,
        if(l.messages > 0 AND f.offset <= l.last_offset, f.rows_found, 0),
        if(l.messages > 0 AND f.offset <= l.last_offset, f.dead_letters_found, 0),
        if(l.messages > 0 AND f.offset <= l.last_offset, 0, f.rows_found)
    FROM found AS f
    LEFT JOIN ledger AS l ON f.log_epoch = l.log_epoch AND f.topic = l.topic AND f.partition = l.partition
) AS b
GROUP BY log_epoch, topic, partition
ORDER BY topic, log_epoch, partition
