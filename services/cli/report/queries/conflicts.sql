-- Rows that were left out, with the one that came first.
SELECT window_start, tenant_id, source, request_id, attempt_key, kept_partition, kept_offset, kept_line_no,
  refused_partition, refused_offset, refused_line_no
FROM {database}.conflicts_current ORDER BY window_start, tenant_id, request_id, attempt_key LIMIT {limit:UInt32}
