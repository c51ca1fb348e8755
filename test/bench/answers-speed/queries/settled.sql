-- {hours:UInt32} hours from {start:DateTime('UTC')} on: every minute settled, and of the first hour the groups of 500 tenants on 40
-- pools and three providers, seven ways each, ten requests a minute and way. The other hours repeat it.
INSERT INTO {database}.settled_windows (window_start, settle_version, raw_rows, requests, attempts, settled_at)
SELECT {start:DateTime('UTC')} + 60 * number AS window_start, 1 AS settle_version, 35000 AS raw_rows, 35000 AS requests, 35000 AS attempts,
    toDateTime64({start:DateTime('UTC')} + 60 * number, 3, 'UTC') AS settled_at
FROM numbers({hours:UInt32} * 60);

INSERT INTO {database}.attempt_groups_per_minute (window_start, settle_version, tenant_id, priority, route, policy, request_model,
    response_model, upstream_kind, upstream, region, currency, outcome, error_class, cause, from_upstream, to_upstream, requests,
    successful_requests, attempts, attempts_reported, retried_requests, failed_after_all, input_tokens, cached_input_tokens, output_tokens,
    input_cost, output_cost, request_ttft_ms, request_tpot_ms, request_duration_ms, request_queue_ms, attempt_ttft_ms,
    attempt_duration_ms, request_ttft_count, request_tpot_count, request_duration_count, request_queue_count, attempt_ttft_count,
    attempt_duration_count, price_key, price_version, charges, requests_by_10s, attempts_by_10s, answered_by_10s, ln_ttft_sum,
    ln_ttft_squares, ln_duration_sum, ln_duration_squares, ln_output_count, ln_output_sum, ln_output_squares)
SELECT
    {start:DateTime('UTC')} + 60 * minute AS window_start, 1 AS settle_version,
    concat('tenant-', toString(tenant)) AS tenant_id, if(tenant % 4 = 0, 'batch', 'interactive') AS priority,
    concat('route-', toString(if(way < 5, place, 20 + tenant % 5))) AS route, 'retry' AS policy,
    concat('model-', toString(if(way < 5, place % 8, 8 + tenant % 3))) AS request_model, if(is_ok, request_model, '') AS response_model,
    if(way < 5, 'pool', 'provider') AS upstream_kind,
    if(way < 5, concat('pool-', toString(2 * place + way % 2)), ['openai', 'anthropic', 'google'][1 + tenant % 3]) AS upstream,
    'eu' AS region, 'USD' AS currency, if(is_ok, 'ok', 'error') AS outcome, if(is_ok, '', 'timeout') AS error_class,
    if(is_ok, '', 'timeout') AS cause, upstream AS from_upstream, upstream AS to_upstream,
    8 + cityHash64(number) % 5 AS requests, if(is_ok, requests, 0) AS successful_requests, requests AS attempts,
    attempts AS attempts_reported,
    if(is_ok, 0, requests) AS retried_requests, if(is_ok, 0, requests) AS failed_after_all,
    requests * 1000 AS input_tokens, requests * 200 AS cached_input_tokens, requests * 300 AS output_tokens,
    toDecimal128(input_tokens, 18) / 1000000 AS input_cost, toDecimal128(output_tokens, 18) / 250000 AS output_cost,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', times) AS request_ttft_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms / 20), times)) AS request_tpot_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms * 8), times)) AS request_duration_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms / 9), times)) AS request_queue_ms,
    request_ttft_ms AS attempt_ttft_ms, request_duration_ms AS attempt_duration_ms,
    requests AS request_ttft_count, requests AS request_tpot_count, requests AS request_duration_count, requests AS request_queue_count,
    requests AS attempt_ttft_count, requests AS attempt_duration_count, request_model AS price_key, 1 AS price_version,
    [('input', '', toDecimal128('0.000001', 18), toDecimal128(input_tokens, 6), attempts),
        ('output', '', toDecimal128('0.000004', 18), toDecimal128(output_tokens, 6), attempts)] AS charges,
    [2, 2, 2, 1, 1, toUInt64(requests - 8)] AS requests_by_10s, requests_by_10s AS attempts_by_10s,
    arrayMap(n -> if(is_ok, n, 0), requests_by_10s) AS answered_by_10s,
    requests * 6000 + cityHash64(number, 1) % 900 AS ln_ttft_sum, requests * 36100000 AS ln_ttft_squares,
    requests * 8000 + cityHash64(number, 2) % 900 AS ln_duration_sum, requests * 64100000 AS ln_duration_squares,
    requests AS ln_output_count, requests * 5000 + cityHash64(number, 3) % 900 AS ln_output_sum, requests * 25100000 AS ln_output_squares
FROM (
    SELECT number, number % 60 AS minute, intDiv(number, 60) % 500 AS tenant, intDiv(number, 30000) AS way, tenant % 20 AS place,
        way != 6 AS is_ok, arrayMap(n -> toFloat32(50 + cityHash64(number, n) % 900), range(8)) AS times
    FROM numbers(210000));

INSERT INTO {database}.pool_per_minute (window_start, settle_version, pool, model, engines, samples, running, waiting, running_max,
    waiting_max, running_limit, kv_cache_use_ratio, kv_cache_use_ratio_max, preemptions, queue_ms, ttft_ms, input_tokens_per_s,
    output_tokens_per_s, arrival_tokens_per_s, requests_finished, saturation, attempts)
SELECT
    {start:DateTime('UTC')} + 60 * intDiv(number, 40) AS window_start, 1 AS settle_version, concat('pool-', toString(number % 40)) AS pool,
    concat('model-', toString(intDiv(number % 40, 2) % 8)) AS model, 4 AS engines, 16 AS samples, 90 AS running,
    cityHash64(number) % 3 AS waiting, 100 AS running_max, 4 AS waiting_max, 256 AS running_limit, 0.6 AS kv_cache_use_ratio,
    0.7 AS kv_cache_use_ratio_max, 0 AS preemptions, 40 AS queue_ms, 300 AS ttft_ms, 9000 AS input_tokens_per_s,
    4000 AS output_tokens_per_s, 13000 AS arrival_tokens_per_s, 800 AS requests_finished, 0.7 AS saturation, 800 AS attempts
FROM numbers({hours:UInt32} * 2400);
