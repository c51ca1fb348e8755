-- Attempts → attempt_groups_per_minute.
INSERT INTO {database}.attempt_groups_per_minute
WITH
{rows}
{own}
{kept}
{grouped}
{priced}
SELECT
    {window:DateTime('UTC')} AS window_start,
    {version:UInt64} AS settle_version,
    key.1 AS tenant_id, key.2 AS priority, key.3 AS route, key.4 AS policy, key.5 AS request_model, key.6 AS response_model, key.7 AS upstream_kind,
    key.8 AS upstream, key.9 AS endpoint, key.10 AS region, key.11 AS service_tier, key.12 AS currency, key.13 AS outcome, key.14 AS error_class,
    key.15 AS cause, key.16 AS from_upstream, key.17 AS to_upstream,
    countIf(is_final) AS requests,
    countIf(gave_answer) AS successful_requests,
    count() AS attempts,
    -- Each attempt with a row counts where it ran; what only the gateway counted is added where the request ended.
    sum(if(is_final, toUInt64(reported_total - (r_reached - reached)), toUInt64(reached))) AS attempts_reported,
    sumIf(reported_total - least(reported_total, r_reached), is_final) AS unseen_attempts,
    countIf(is_final AND has_more_attempts) AS retried_requests,
    countIf(is_final AND has_more_attempts AND fell_back) AS fallback_requests,
    countIf(gave_answer AND has_more_attempts AND NOT fell_back) AS recovered_by_retry,
    countIf(gave_answer AND has_more_attempts AND fell_back) AS recovered_by_fallback,
    countIf(is_final AND NOT request_ok AND has_more_attempts) AS failed_after_all,
    countIf(is_final AND NOT request_ok AND NOT has_more_attempts) AS failed_at_once,
    sum(billed_input), sum(billed_cached), sum(billed_write), sum(billed_output), sum(billed_reasoning),
    sum(estimated_input), sum(estimated_output),
    countIf(is_unpriced) AS unpriced_attempts,
    sum(unpriced_tokens_) AS unpriced_tokens,
    countIf(reached AND usage_quality = 'missing') AS missing_usage_attempts,
    countIf(usage_quality = 'contradictory') AS contradictory_usage_attempts,
    countIf(response_cache = 'hit') AS response_cache_hits,
    sumIf(input_tokens + output_tokens, response_cache = 'hit') AS response_cache_hit_tokens,
    -- One band of the price book a group, so one unit price a kind. Decimals are exact: the sum times the price is the sum of the products.
    ifNull(sum(plain_input) * any(band.input), 0) + ifNull(sum(audio_input) * any(media_band.audio_input), 0)
        + ifNull(sum(image_input) * any(media_band.image_input), 0) AS input_cost_,
    ifNull(sum(billed_cached) * any(band.cached_input), 0) AS cached_cost_,
    ifNull(sum(plain_write) * any(band.cache_write), 0) + ifNull(sum(billed_write_1h) * any(band.cache_write_1h), 0) AS write_cost_,
    ifNull(sum(plain_output) * any(band.output), 0) + ifNull(sum(audio_output) * any(media_band.audio_output), 0)
        + ifNull(sum(image_output) * any(media_band.image_output), 0) AS output_cost_,
    ifNull(sum(billed_reasoning) * any(band.reasoning), 0) AS reasoning_cost_,
    ifNull(sum(estimated_input) * any(band.input), 0) + ifNull(sum(estimated_output) * any(band.output), 0) AS estimated_cost_,
    sum(ifNull(reported_cost, 0)),
    sumIf(billed_tokens + estimated_input + estimated_output, NOT gave_answer) AS wasted_tokens,
    if(key.18, input_cost_ + cached_cost_ + write_cost_ + output_cost_ + reasoning_cost_ + estimated_cost_, 0) AS wasted_cost,
    sumIf(toFloat64(started_ms - toUnixTimestamp64Milli(r_started_at)), is_final AND r_rows > 1) AS added_latency_ms,
    countIf(is_final AND r_rows > 1) AS added_latency_requests,
    countIf(reached AND is_final AND fell_back) AS collateral_attempts,
    sumIf(billed_tokens, is_final AND fell_back) AS collateral_tokens,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32(started_ms - toUnixTimestamp64Milli(r_started_at) + ifNull(ttft_ms, 0)), gave_answer AND ttft_ms IS NOT NULL),
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32((ifNull(duration_ms, 0) - ifNull(ttft_ms, 0)) / greatest(1, output_tokens - 1)), has_tpot),
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32(started_ms - toUnixTimestamp64Milli(r_started_at) + ifNull(duration_ms, 0)), is_final AND duration_ms IS NOT NULL),
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32(ifNull(queue_ms, 0)), is_final AND queue_ms IS NOT NULL),
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32(ifNull(ttft_ms, 0)), outcome = 'ok' AND ttft_ms IS NOT NULL),
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(toFloat32(ifNull(duration_ms, 0)), reached AND duration_ms IS NOT NULL),
    countIf(gave_answer AND ttft_ms IS NOT NULL),
    countIf(has_tpot),
    countIf(is_final AND duration_ms IS NOT NULL),
    countIf(is_final AND queue_ms IS NOT NULL),
    countIf(outcome = 'ok' AND ttft_ms IS NOT NULL),
    countIf(reached AND duration_ms IS NOT NULL),
    key.18 AS is_wasted,
    any(band.price_key),
    any(band_version),
    any(band.min_input_tokens),
    -- Tuple: token kind, method of the estimate, unit price, quantity, attempts.
    arrayFilter(charge -> charge.4 > 0, [
        ('input', key.20, any(band.input), sum(plain_input), countIf(plain_input > 0)),
        ('audio_input', key.20, any(media_band.audio_input), sum(audio_input), countIf(audio_input > 0)),
        ('image_input', key.20, any(media_band.image_input), sum(image_input), countIf(image_input > 0)),
        ('cached_input', key.20, any(band.cached_input), sum(billed_cached), countIf(billed_cached > 0)),
        ('cache_write', key.20, any(band.cache_write), sum(plain_write), countIf(plain_write > 0)),
        ('cache_write_1h', key.20, any(band.cache_write_1h), sum(billed_write_1h), countIf(billed_write_1h > 0)),
        ('output', key.20, any(band.output), sum(plain_output), countIf(plain_output > 0)),
        ('audio_output', key.20, any(media_band.audio_output), sum(audio_output), countIf(audio_output > 0)),
        ('image_output', key.20, any(media_band.image_output), sum(image_output), countIf(image_output > 0)),
        ('reasoning', key.20, any(band.reasoning), sum(billed_reasoning), countIf(billed_reasoning > 0)),
        ('input', 'sibling_input', any(band.input), sumIf(estimated_input, input_method = 'sibling_input'), countIf(estimated_input > 0 AND input_method = 'sibling_input')),
        ('input', 'bytes_per_token', any(band.input), sumIf(estimated_input, input_method = 'bytes_per_token'), countIf(estimated_input > 0 AND input_method = 'bytes_per_token')),
        ('output', 'stream_events', any(band.output), sumIf(estimated_output, output_method = 'stream_events'), countIf(estimated_output > 0 AND output_method = 'stream_events')),
        ('output', 'bytes_per_token', any(band.output), sumIf(estimated_output, output_method = 'bytes_per_token'), countIf(estimated_output > 0 AND output_method = 'bytes_per_token'))
    ]) AS charges,
    key.21 AS cost_currency,
    countIf(is_compared),
    countIf(is_compared AND is_unpriced),
    if(key.22, input_cost_ + cached_cost_ + write_cost_ + output_cost_ + reasoning_cost_ + estimated_cost_, 0)
FROM (
    -- One key and not many: planning looks up every column of the result among the keys, each time through all steps that the key is computed by.
    SELECT *, (tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, endpoint, region, service_tier,
        currency, outcome, error_class, cause, from_upstream, r_final_upstream, is_wasted, band_id, source_estimate, cost_currency, is_compared) AS key
    FROM {last_step})
GROUP BY key
-- Planning this takes longer than settling a small window. Most of it goes into rewrites that find nothing to do here: each of them walks the
-- whole tree, the first (there since ClickHouse 25.2) by hashing every comparison with all it is computed from.
-- One thread: two take twice the processor time for joined rows and no less time. Several windows are settled side by side where there are cores for it.
SETTINGS max_threads = 1, optimize_and_compare_chain = 0, optimize_aggregators_of_group_by_keys = 0, optimize_group_by_function_keys = 0,
    optimize_injective_functions_in_group_by = 0, optimize_syntax_fuse_functions = 0
