-- Refused access-log lines by when the event log took them: a refused line has no trusted time of its own.
SELECT uniqExact(d.log_epoch, d.topic, d.partition, d.offset, d.line_no) AS dead_letters
FROM {database}.dead_letters AS d
WHERE d.received_at >= {from:DateTime('UTC')} AND d.received_at < {to:DateTime('UTC')} AND d.topic = {access_log:String}
