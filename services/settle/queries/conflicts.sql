INSERT INTO {database}.conflicts
WITH
{rows}
{own}
claims AS (
    SELECT any(tenant_id) AS tenant_id, any(source) AS source, any(request_id) AS request_id, any(attempt_key) AS attempt_key,
        arraySort(groupUniqArray((log_epoch, topic, partition, offset, line_no, row_no, body_hash))) AS claimants
    FROM own GROUP BY event_identity, request_started_at HAVING count() > 1
)
SELECT {window:DateTime('UTC')}, {version:UInt64}, tenant_id, source, request_id, attempt_key,
    claimants[1].2, claimants[1].3, claimants[1].4, claimants[1].5, refused.2, refused.3, refused.4, refused.5
FROM claims
-- A request belongs to one window, so a conflict across windows is listed once.
ARRAY JOIN arrayFilter(claim -> claim.7 != (claimants[1]).7, claimants) AS refused
