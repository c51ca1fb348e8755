INSERT INTO {database}.conflicts
WITH
base AS (
    SELECT *, body_hash, sipHash128(tenant_id, source, request_id, attempt_key) AS event_identity
    FROM {database}.attempts_raw
    WHERE window_start = {window:DateTime('UTC')} {neighbours}
),
claims AS (
    SELECT any(tenant_id) AS tenant_id, any(source) AS source, any(request_id) AS request_id, any(attempt_key) AS attempt_key,
        arraySort(groupUniqArray((log_epoch, topic, partition, offset, line_no, row_no, body_hash, window_start))) AS claimants
    FROM base GROUP BY event_identity HAVING count() > 1
)
SELECT {window:DateTime('UTC')}, {version:UInt64}, tenant_id, source, request_id, attempt_key,
    claimants[1].2, claimants[1].3, claimants[1].4, claimants[1].5, refused.2, refused.3, refused.4, refused.5
FROM claims
-- A conflict across windows is listed once, where the row that counts lies.
ARRAY JOIN arrayFilter(claim -> claim.7 != (claimants[1]).7, claimants) AS refused
WHERE claimants[1].8 = {window:DateTime('UTC')}
