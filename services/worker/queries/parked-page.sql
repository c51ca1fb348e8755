-- The next parked messages, by position, of sources that are not parked any more.
SELECT m.log_epoch AS log_epoch, m.topic AS topic, m.partition AS partition, m.offset AS offset,
    toUnixTimestamp64Milli(m.received_at) AS received_at, m.source AS source, m.is_parked AS is_parked, m.lines AS lines,
    m.headers AS headers, m.value AS value, m.encoding AS encoding
FROM {database}.parked_messages AS m FINAL
WHERE m.is_parked AND m.log_epoch = {log_epoch:String} AND m.topic = {topic:String} AND m.partition = {partition:UInt32}
    AND m.offset >= {from_offset:UInt64} AND m.source NOT IN {parked:Array(String)}
ORDER BY m.offset
LIMIT {messages:UInt32}
