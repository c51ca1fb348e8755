-- Raw attempts of the last {minutes:UInt32} minutes of {hours:UInt32} hours: 35,000 a minute.
INSERT INTO {database}.attempts_raw (window_start, tenant_id, source, request_id, attempt_no, attempt_key, is_sole_row, started_at,
    ended_at, ttft_ms, duration_ms, queue_ms, gateway, route, operation,
    request_model, response_model, upstream_kind, pool, provider, region,
    priority, status_code, outcome, input_tokens, output_tokens, usage_quality, prompt_hash, dialect, log_epoch, topic, partition, offset,
    received_at)
SELECT
    toStartOfMinute(toDateTime(started_at)) AS window_start, concat('tenant-', toString(tenant)) AS tenant_id, 'gateway' AS source,
    toString(number) AS request_id, 1 AS attempt_no, '1' AS attempt_key, false AS is_sole_row,
    toDateTime64({start:DateTime('UTC')} + {hours:UInt32} * 3600 - {minutes:UInt32} * 60, 3, 'UTC')
        + toIntervalMillisecond(intDiv(number * 12, 7))
        AS started_at,
    started_at + toIntervalMillisecond(2000) AS ended_at, 200 + number % 400 AS ttft_ms, 2000 AS duration_ms, 40 AS queue_ms,
    'gateway' AS gateway, concat('route-', toString(tenant % 20)) AS route, 'chat' AS operation,
    concat('model-', toString(tenant % 20 % 8)) AS request_model, request_model AS response_model, 'pool' AS upstream_kind,
    concat('pool-', toString(2 * (tenant % 20) + number % 2)) AS pool, '' AS provider, 'eu' AS region, 'interactive' AS priority,
    200 AS status_code, 'ok' AS outcome, 800 + number % 400 AS input_tokens, 300 AS output_tokens, 'reported' AS usage_quality,
    toString(cityHash64(number)) AS prompt_hash, 'canonical' AS dialect, 'bench' AS log_epoch, 'weir.access-log.v1' AS topic,
    0 AS partition, number AS offset, started_at AS received_at
FROM (SELECT number, cityHash64(number) % 500 AS tenant FROM numbers({minutes:UInt32} * 35000))
