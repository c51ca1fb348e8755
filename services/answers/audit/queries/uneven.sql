-- Minutes of pools of several engines, and those in which requests waited at one engine while another had none waiting and ran less than
-- half as many: a router that knew would have sent them there. Parameters: from, to.
SELECT
    m.pool AS pool,
    count() AS minutes,
    countIf(m.most_waiting >= 1 AND m.idle_engines > 0) AS uneven_minutes
FROM (
    SELECT
        e.window_start AS window_start,
        e.pool AS pool,
        max(e.waiting) AS most_waiting,
        arrayCount(one -> one.1 < 0.5 AND one.2 < 0.5 * arrayMax(other -> other.2, groupArray((e.waiting, e.running))),
            groupArray((e.waiting, e.running))) AS idle_engines,
        count() AS engines
    FROM (
        SELECT s.window_start AS window_start, s.pool AS pool, s.endpoint AS endpoint, avg(s.waiting) AS waiting, avg(s.running) AS running
        FROM {database}.engine_samples_raw AS s
        WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
        GROUP BY s.window_start, s.pool, s.endpoint
    ) AS e
    GROUP BY e.window_start, e.pool
    HAVING engines > 1
) AS m
GROUP BY m.pool
ORDER BY m.pool
