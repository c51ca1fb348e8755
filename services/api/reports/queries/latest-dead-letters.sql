SELECT
    d.received_at AS received_at, d.source AS source, d.code AS code, d.message AS message, substringUTF8(d.line, 1, 2000) AS line,
    d.encoding AS encoding, d.log_epoch AS log_epoch, d.topic AS topic, d.partition AS partition, d.offset AS offset, d.line_no AS line_no
FROM {database}.dead_letters AS d FINAL
WHERE d.received_at >= {from:DateTime('UTC')} AND d.received_at < {to:DateTime('UTC')}
ORDER BY d.received_at DESC, d.log_epoch, d.topic, d.partition, d.offset DESC, d.line_no DESC
LIMIT {limit:UInt32}
