-- How far the event log has been read, per Kafka partition. The worker writes a message's rows before its row here, so everything up to
-- these is in the raw tables.
SELECT log_epoch, topic, partition, max(offset) + 1 AS next_offset
FROM {database}.messages_read
GROUP BY log_epoch, topic, partition
ORDER BY log_epoch, topic, partition
