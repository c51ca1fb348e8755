-- Rows of requests with more than one → joined_attempts: which request each belongs to, and which of those that repeat each other counts.
INSERT INTO {database}.joined_attempts (
    settle_version, pass, window_start, request_identity, request_started_at, event_identity, claim_no, is_conflict, is_sole_row,
    source, request_id, attempt_key, log_epoch, topic, partition, offset, line_no, row_no, body_hash,
    {attempt_columns})
WITH
{joining}
SELECT
    {version:UInt64} AS settle_version, {pass:UInt64} AS pass, request_window AS window_start, request_identity, request_started_at,
        event_identity,
    if(is_other_decoding, identity_no + 1, identity_no) AS claim_no, body_hash != winning_body AS is_conflict, is_sole_row,
    source, request_id, attempt_key, log_epoch, topic, partition, offset, line_no, row_no, body_hash,
    {attempt_columns}
FROM claimed
WHERE request_window IN {windows:Array(DateTime('UTC'))}
