-- Windows whose version in place was made from other raw rows than there are, or that have none. `is_fewer`: rows are gone. Of attempts
-- only days are looked at that hold another number of rows than was settled ({days:Array(UInt32)}, as YYYYMMDD). Days whose raw rows were
-- dropped for their age are not compared: their figures stand as they were settled.
WITH
aged AS (SELECT day FROM {database}.dropped_days WHERE table_name IN {raw_tables:Array(String)}),
counted AS (
    SELECT window_start, count() AS raw_rows, 0 AS samples, 0 AS gpu_samples
    FROM {database}.attempts_raw
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
        AND toYYYYMMDD(window_start) IN {days:Array(UInt32)}
    GROUP BY window_start
    UNION ALL
    SELECT window_start, 0 AS raw_rows, count() AS samples, 0 AS gpu_samples
    FROM {database}.engine_samples_raw
    WHERE window_start >= {from:DateTime('UTC')} - INTERVAL 15 MINUTE AND window_start < {until:DateTime('UTC')}
    GROUP BY window_start
    UNION ALL
    SELECT window_start, 0 AS raw_rows, 0 AS samples, count() AS gpu_samples
    FROM {database}.gpu_samples_raw
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
    GROUP BY window_start
),
present AS (
    SELECT window_start, settle_version, raw_rows AS settled_rows, samples_read AS settled_samples, gpu_samples_read AS settled_gpu_samples
    FROM {database}.settled_windows
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {until:DateTime('UTC')}
    ORDER BY settle_version DESC
    LIMIT 1 BY window_start
),
minutes AS (
    SELECT
        window_start, sum(c.raw_rows) AS raw_rows, sum(c.samples) AS samples, sum(c.gpu_samples) AS gpu_samples,
        -- A window reads the engine samples of the 15 minutes before it too.
        sum(sum(c.samples)) OVER (ORDER BY toUnixTimestamp(window_start) RANGE BETWEEN 900 PRECEDING AND CURRENT ROW) AS samples_read
    FROM (
        SELECT window_start, raw_rows, samples, gpu_samples FROM counted
        UNION ALL
        SELECT window_start, 0 AS raw_rows, 0 AS samples, 0 AS gpu_samples FROM present
    ) AS c
    GROUP BY window_start
),
compared AS (
    SELECT
        window_start, settle_version, raw_rows, samples, gpu_samples,
        toInt64(settled_rows) - toInt64(raw_rows) AS rows_gone,
        toInt64(settled_samples) - toInt64(samples_read) AS samples_gone,
        toInt64(settled_gpu_samples) - toInt64(gpu_samples) AS gpu_samples_gone,
        toYYYYMMDD(window_start) IN {days:Array(UInt32)} AS is_counted
    FROM minutes
    LEFT JOIN present USING (window_start)
    WHERE window_start >= {from:DateTime('UTC')}
)
SELECT toUnixTimestamp(window_start) AS window, is_counted AND rows_gone > 0 OR samples_gone > 0 OR gpu_samples_gone > 0 AS is_fewer
FROM compared
WHERE toDate(window_start) NOT IN (SELECT day FROM aged) AND toDate(window_start - INTERVAL 15 MINUTE) NOT IN (SELECT day FROM aged)
    AND if(settle_version = 0, raw_rows + samples + gpu_samples > 0,
    is_counted AND rows_gone != 0 OR samples_gone > 0 OR samples_gone < 0 AND samples > 0 OR gpu_samples_gone != 0)
ORDER BY window
