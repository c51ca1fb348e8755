-- own: attempts of requests that start in this window, wherever the attempts lie. A head is an attempt with no other attempt of the same identity
-- in the 15 minutes before it; an attempt belongs to the head at most 15 minutes before it, or, without one, stands for itself.
own AS (
    SELECT * EXCEPT (starts, heads),
        arrayFirstOrNull(head -> head <= started_at AND started_at <= head + INTERVAL 15 MINUTE, heads) AS found_head,
        ifNull(found_head, started_at) AS request_started_at
    FROM (
        SELECT *,
            arrayFilter(start -> NOT arrayExists(other -> other < start AND start <= other + INTERVAL 15 MINUTE, starts), starts) AS heads
        FROM (
            SELECT *, groupUniqArray(started_at) OVER (PARTITION BY request_identity) AS starts
            FROM kept)
    )
    WHERE toStartOfMinute(request_started_at) = {window:DateTime('UTC')}
),
