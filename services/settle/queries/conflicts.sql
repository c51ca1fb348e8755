-- A request belongs to one window, so a conflict across windows is listed once.
INSERT INTO {database}.conflicts (
    window_start, settle_version, tenant_id, source, request_id, attempt_key,
    kept_topic, kept_partition, kept_offset, kept_line_no, refused_topic, refused_partition, refused_offset, refused_line_no)
SELECT
    kept.window_start AS window_start, {version:UInt64} AS settle_version, kept.tenant_id AS tenant_id, kept.source AS source,
    kept.request_id AS request_id, kept.attempt_key AS attempt_key,
    kept.topic AS kept_topic, kept.partition AS kept_partition, kept.offset AS kept_offset, kept.line_no AS kept_line_no,
    refused.topic AS refused_topic, refused.partition AS refused_partition, refused.offset AS refused_offset,
    refused.line_no AS refused_line_no
FROM (
    SELECT window_start, request_identity, request_started_at, event_identity, tenant_id, source, request_id, attempt_key, topic, partition,
        offset, line_no
    FROM {database}.joined_attempts WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64} AND claim_no = 1
) AS kept
INNER JOIN (
    SELECT request_identity, request_started_at, event_identity, topic, partition, offset, line_no
    FROM {database}.joined_attempts WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64} AND is_conflict
) AS refused USING (request_identity, request_started_at, event_identity)
