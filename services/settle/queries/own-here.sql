-- own: attempts of requests that stay within one window: the request starts with the first of them.
own AS (
    SELECT *, min(started_at) OVER (PARTITION BY request_identity) AS request_started_at
    FROM kept
),
