-- Minutes whose pinned version is not what the rows up to the positions give: rows came or were read beyond them, nothing is settled yet,
-- rows of their requests in other minutes changed, or other prices reach them that they were not settled with. `start_s`. Ranges of at
-- most a day keep the memory small.
WITH
positions AS (SELECT log_epoch, topic, partition, next_offset FROM {database}.frozen_positions),
raw AS (
    SELECT a.window_start AS window_start, if(a.is_sole_row, 0, a.request_hash) AS hash, a.is_sole_row AS is_sole_row, count() AS rows,
        countIf(a.offset >= p.next_offset) AS beyond
    FROM {live}.attempts_raw AS a
    LEFT JOIN positions AS p ON p.log_epoch = a.log_epoch AND p.topic = a.topic AND p.partition = a.partition
    WHERE a.window_start >= {from:DateTime('UTC')} - INTERVAL 45 MINUTE AND a.window_start < {to:DateTime('UTC')} + INTERVAL 15 MINUTE
    -- Rows that are requests by themselves need not be told apart.
    GROUP BY window_start, hash, is_sole_row
),
shared AS (
    SELECT groupArray((window_start, rows, beyond)) AS parts FROM raw WHERE NOT is_sole_row GROUP BY hash HAVING length(parts) > 1
),
counted AS (
    SELECT window_start, sum(rows) AS own, sum(rows) AS input, sum(beyond) AS beyond, 0 AS samples, 0 AS own_samples, 0 AS gpu_samples
    FROM raw GROUP BY window_start
    UNION ALL
    SELECT part.1, 0, other.2, other.3, 0, 0, 0
    FROM (SELECT parts, arrayJoin(parts) AS part, arrayJoin(parts) AS same FROM shared)
    ARRAY JOIN parts AS other
    WHERE other.1 != part.1 AND other.1 BETWEEN part.1 - INTERVAL 45 MINUTE AND part.1 + INTERVAL 15 MINUTE
    UNION ALL
    -- A minute reads the samples of the 15 minutes before it.
    SELECT sampled + toIntervalMinute(later), 0, 0, beyond, rows, if(later = 0, rows, 0), 0
    FROM (
        SELECT s.window_start AS sampled, count() AS rows, countIf(s.offset >= p.next_offset) AS beyond
        FROM {live}.engine_samples_raw AS s
        LEFT JOIN positions AS p ON p.log_epoch = s.log_epoch AND p.topic = s.topic AND p.partition = s.partition
        WHERE s.window_start >= {from:DateTime('UTC')} - INTERVAL 15 MINUTE AND s.window_start < {to:DateTime('UTC')}
        GROUP BY sampled
    )
    ARRAY JOIN range(16) AS later
    UNION ALL
    SELECT s.window_start, 0, 0, countIf(s.offset >= p.next_offset), 0, 0, count()
    FROM {live}.gpu_samples_raw AS s
    LEFT JOIN positions AS p ON p.log_epoch = s.log_epoch AND p.topic = s.topic AND p.partition = s.partition
    WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
    GROUP BY s.window_start
)
SELECT toUnixTimestamp(c.window_start) AS start_s
FROM (
    SELECT window_start, sum(own) AS own, sum(input) AS input, sum(beyond) AS beyond, sum(samples) AS samples,
        sum(own_samples) AS own_samples,
        sum(gpu_samples) AS gpu_samples
    FROM (SELECT * FROM counted UNION ALL SELECT window_start, 0, 0, 0, 0, 0, 0 FROM {database}.pinned_windows)
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    GROUP BY window_start
) AS c
LEFT JOIN {database}.pinned_windows AS w ON w.window_start = c.window_start
LEFT JOIN (SELECT window_start, max(price_version) AS price_version FROM {database}.price_reach GROUP BY window_start) AS r
    ON r.window_start = c.window_start
WHERE if(w.settle_version = 0, c.own + c.own_samples + c.gpu_samples > 0,
    c.beyond > 0 OR c.own != w.raw_rows OR c.input != w.input_rows OR c.samples != w.samples_read OR c.gpu_samples != w.gpu_samples_read
    OR r.price_version > w.price_version)
ORDER BY start_s
