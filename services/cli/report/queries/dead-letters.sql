-- Refused lines.
SELECT code, message, line, encoding, topic, partition, offset, line_no FROM {database}.dead_letters FINAL
ORDER BY partition, offset, line_no LIMIT {limit:UInt32}
