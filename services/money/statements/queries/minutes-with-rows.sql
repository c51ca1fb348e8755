SELECT toUnixTimestamp(window_start) AS start_s
FROM (
    SELECT DISTINCT window_start FROM {database}.attempts_raw WHERE window_start >= {from:DateTime('UTC')}
        AND window_start < {to:DateTime('UTC')}
    UNION DISTINCT
    SELECT DISTINCT window_start FROM {database}.engine_samples_raw WHERE window_start >= {from:DateTime('UTC')}
        AND window_start < {to:DateTime('UTC')}
    UNION DISTINCT
    SELECT DISTINCT window_start FROM {database}.gpu_samples_raw WHERE window_start >= {from:DateTime('UTC')}
        AND window_start < {to:DateTime('UTC')}
)
ORDER BY start_s
