-- own: rows of requests that start in this window, wherever the rows lie. A head is a row with no other of the same request identity in the
-- 15 minutes before it; a row belongs to the head at most 15 minutes before it or, without one, stands for itself. So every raw row belongs to
-- exactly one request and one window. Linear in the rows of an identity: a gateway may give thousands of requests the same request_id.
own AS (
    SELECT *, if(started_at <= last_head + INTERVAL 15 MINUTE, last_head, started_at) AS request_started_at
    FROM (
        SELECT *, maxIf(started_at, is_head) OVER (PARTITION BY request_identity ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS last_head
        FROM (
            SELECT *, started_at > lagInFrame(started_at) OVER (PARTITION BY request_identity ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
                    + INTERVAL 15 MINUTE AS is_head
            FROM base)
    )
    WHERE toStartOfMinute(request_started_at) = {window:DateTime('UTC')}
),
