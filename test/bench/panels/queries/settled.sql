-- {days:UInt32} days from {start:DateTime('UTC')} on: every minute settled, every hour made, and of the first day the rows of hours of 500
-- tenants on 40 pools and three providers, three ways each. The other days repeat it.
INSERT INTO {database}.settled_windows (window_start, settle_version, raw_rows, requests, attempts, settled_at)
SELECT {start:DateTime('UTC')} + 60 * number AS window_start, 1 AS settle_version, 1000 AS raw_rows, 900 AS requests, 1000 AS attempts,
    toDateTime64({start:DateTime('UTC')} + 60 * number, 3, 'UTC') AS settled_at
FROM numbers({days:UInt32} * 1440);

INSERT INTO {database}.settled_hours (hour_start, hour_version, fingerprint)
SELECT hour_start, 2 AS hour_version, fingerprint
FROM {database}.stale_hours;

INSERT INTO {database}.usage_per_hour (hour_start, hour_version, tenant_id, route, request_model, response_model, upstream_kind, upstream,
    currency, requests, successful_requests, attempts, attempts_reported, input_tokens, cached_input_tokens, output_tokens, input_cost,
    output_cost, list_cost)
SELECT
    {start:DateTime('UTC')} + 3600 * (number % 24) AS hour_start, 2 AS hour_version,
    concat('tenant-', toString(tenant)) AS tenant_id, concat('route-', toString(tenant % 5)) AS route,
    concat('model-', toString(place % 8)) AS request_model, request_model AS response_model,
    if(way = 2, 'provider', 'pool') AS upstream_kind,
    if(way = 2, ['openai', 'anthropic', 'google'][1 + tenant % 3], concat('pool-', toString(place))) AS upstream,
    'USD' AS currency,
    20 + cityHash64(number) % 50 AS requests, requests - 1 AS successful_requests, requests + 2 AS attempts, attempts AS attempts_reported,
    requests * 1000 AS input_tokens, requests * 200 AS cached_input_tokens, requests * 300 AS output_tokens,
    toDecimal128(input_tokens, 18) / 1000000 AS input_cost, toDecimal128(output_tokens, 18) / 250000 AS output_cost,
    input_cost + output_cost AS list_cost
FROM (SELECT number, intDiv(number, 24) % 500 AS tenant, intDiv(number, 12000) AS way, (tenant * 7 + way * 13) % 40 AS place
    FROM numbers(36000));

INSERT INTO {database}.latency_per_hour (hour_start, hour_version, tenant_id, route, request_model, upstream_kind, upstream, requests,
    successful_requests, errors_by_class, ttft_ms, tpot_ms, duration_ms, queue_ms, ttft_count, tpot_count, duration_count, queue_count)
SELECT hour_start, 2 AS hour_version, tenant_id, route, request_model, upstream_kind, upstream, requests, successful_requests,
    map('timeout', toUInt64(1)) AS errors_by_class,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', times) AS ttft_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms / 20), times)) AS tpot_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms * 8), times)) AS duration_ms,
    arrayReduce('quantilesBFloat16State(0.5, 0.9, 0.95, 0.99)', arrayMap(ms -> toFloat32(ms / 9), times)) AS queue_ms,
    8 AS ttft_count, 8 AS tpot_count, 8 AS duration_count, 8 AS queue_count
FROM (SELECT *, arrayMap(n -> toFloat32(50 + cityHash64(tenant_id, upstream, hour_start, n) % 900), range(8)) AS times
    FROM {database}.usage_per_hour);

INSERT INTO {database}.latency_of_all_per_hour (hour_start, hour_version, grouped_by, route, request_model, upstream_kind, upstream,
    requests, successful_requests, errors_by_class, ttft_ms, tpot_ms, duration_ms, queue_ms, ttft_count, tpot_count, duration_count,
    queue_count)
SELECT l.hour_start AS hour_start, 2 AS hour_version, grouping.1 AS grouped_by, if(grouping.2, l.route, '') AS route,
    if(grouping.3, l.request_model, '') AS request_model, if(grouping.4, l.upstream_kind, '') AS upstream_kind,
    if(grouping.4, l.upstream, '') AS upstream, sum(l.requests) AS requests, sum(l.successful_requests) AS successful_requests,
    sumMap(l.errors_by_class) AS errors_by_class,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.ttft_ms) AS ttft_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.tpot_ms) AS tpot_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.duration_ms) AS duration_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.queue_ms) AS queue_ms,
    sum(l.ttft_count) AS ttft_count, sum(l.tpot_count) AS tpot_count, sum(l.duration_count) AS duration_count,
    sum(l.queue_count) AS queue_count
FROM {database}.latency_per_hour AS l
ARRAY JOIN [('none', false, false, false), ('priority', false, false, false), ('route', true, false, false),
    ('request_model', false, true, false), ('upstream_kind, upstream', false, false, true),
    ('priority, route, request_model, upstream_kind, upstream', true, true, true)] AS grouping
GROUP BY hour_start, grouped_by, route, request_model, upstream_kind, upstream;

INSERT INTO {database}.resilience_per_hour (hour_start, hour_version, tenant_id, route, policy, cause, from_upstream, to_upstream, currency,
    requests, attempts, attempts_reported, retried_requests, recovered_by_retry, wasted_tokens, added_latency_ms, added_latency_requests)
SELECT u.hour_start AS hour_start, 2 AS hour_version, u.tenant_id AS tenant_id, u.route AS route, 'retry' AS policy, 'timeout' AS cause,
    u.upstream AS from_upstream, u.upstream AS to_upstream, 'USD' AS currency, u.requests AS requests, u.attempts AS attempts,
    u.attempts AS attempts_reported, 2 AS retried_requests, 2 AS recovered_by_retry, 900 AS wasted_tokens, 700 AS added_latency_ms,
    2 AS added_latency_requests
FROM {database}.usage_per_hour AS u;

INSERT INTO {database}.provider_per_hour (hour_start, hour_version, upstream_kind, provider, endpoint, region, attempts,
    successful_attempts, timeouts, errors_by_class, ttft_ms, duration_ms, ttft_count, duration_count)
SELECT l.hour_start AS hour_start, 2 AS hour_version, l.upstream_kind AS upstream_kind, l.upstream AS provider, '' AS endpoint,
    'eu' AS region, sum(l.requests) AS attempts, sum(l.successful_requests) AS successful_attempts, 3 AS timeouts,
    sumMap(l.errors_by_class) AS errors_by_class,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.ttft_ms) AS ttft_ms,
    quantilesBFloat16MergeState(0.5, 0.9, 0.95, 0.99)(l.duration_ms) AS duration_ms,
    sum(l.ttft_count) AS ttft_count, sum(l.duration_count) AS duration_count
FROM {database}.latency_per_hour AS l
GROUP BY hour_start, upstream_kind, provider;

INSERT INTO {database}.pool_per_hour (hour_start, hour_version, grouped_by, pool, model, windows, engines, samples, running_sum,
    running_windows, saturation_sum, saturation_windows, running_max, saturation_max, attempts, last_window, minutes_to_saturation, tenants)
SELECT u.hour_start AS hour_start, 2 AS hour_version, grouped_by,
    if(grouped_by IN ('pool and model', 'pool'), u.upstream, '') AS pool,
    if(grouped_by IN ('pool and model', 'model'), u.request_model, '') AS model,
    60 AS windows, 4 AS engines, 240 AS samples, 900 AS running_sum, 60 AS running_windows, 30 AS saturation_sum, 60 AS saturation_windows,
    40 AS running_max, 0.9 AS saturation_max, sum(u.attempts) AS attempts, hour_start + 3540 AS last_window, 12 AS minutes_to_saturation,
    groupArray((u.tenant_id, u.attempts, u.input_tokens)) AS tenants
FROM {database}.usage_per_hour AS u
ARRAY JOIN ['pool and model', 'pool', 'model', 'none'] AS grouped_by
WHERE u.upstream_kind = 'pool'
GROUP BY hour_start, grouped_by, pool, model;

INSERT INTO {database}.quantities_per_hour (hour_start, hour_version, tenant_id, route, request_model, response_model, upstream_kind,
    upstream, price_key, price_version, token_kind, currency, unit_price, quantity, attempts)
SELECT u.hour_start AS hour_start, 2 AS hour_version, u.tenant_id AS tenant_id, u.route AS route, u.request_model AS request_model,
    u.response_model AS response_model, u.upstream_kind AS upstream_kind, u.upstream AS upstream, u.request_model AS price_key,
    1 AS price_version, token_kind, 'USD' AS currency, toDecimal128('0.000002', 18) AS unit_price,
    toDecimal128(u.input_tokens, 6) AS quantity, u.attempts AS attempts
FROM {database}.usage_per_hour AS u
ARRAY JOIN ['input', 'cached_input', 'output'] AS token_kind;
