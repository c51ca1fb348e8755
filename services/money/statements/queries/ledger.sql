-- Lines of access logs that the event log took in the period, up to the positions, and what became of them. Refused lines are not accounted
-- for: what they were is not known. Rows that the ledger counts and the table lacks are not either.
WITH
positions AS (
    SELECT log_epoch, partition, next_offset
    FROM (SELECT 1) ARRAY JOIN {log_epochs:Array(String)} AS log_epoch, {topics:Array(String)} AS topic,
        {partitions:Array(UInt32)} AS partition,
        {next_offsets:Array(UInt64)} AS next_offset
    WHERE topic = {access_log:String}
),
ledger AS (
    SELECT sum(m.lines) AS lines, sum(m.accepted_lines + m.skipped_lines) AS accounted, sum(m.rows) AS rows
    FROM {database}.messages_read AS m FINAL
    INNER JOIN positions AS p ON p.log_epoch = m.log_epoch AND p.partition = m.partition
    WHERE m.topic = {access_log:String} AND m.offset < p.next_offset
        AND m.received_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND m.received_at < fromUnixTimestamp64Milli({to_ms:Int64})
),
found AS (
    SELECT count() AS rows FROM {database}.attempts_raw AS a
    WHERE a.received_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND a.received_at < fromUnixTimestamp64Milli({to_ms:Int64})
        -- Lines are accepted from 35 days back to 5 minutes ahead.
        AND a.window_start >= fromUnixTimestamp64Milli({from_ms:Int64}) - INTERVAL 36 DAY
        AND a.window_start < fromUnixTimestamp64Milli({to_ms:Int64}) + INTERVAL 6 MINUTE
)
SELECT ledger.lines AS lines_received,
    toUInt64(greatest(toInt64(ledger.accounted) - greatest(toInt64(ledger.rows) - toInt64(found.rows), 0), 0)) AS lines_accounted
FROM ledger CROSS JOIN found
