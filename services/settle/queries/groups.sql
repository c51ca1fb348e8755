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
    tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, endpoint, region, service_tier,
    currency, outcome, error_class, cause, from_upstream, r_final_upstream AS to_upstream,
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
    sum(input_cost_), sum(cached_cost_), sum(write_cost_), sum(output_cost_), sum(reasoning_cost_), sum(estimated_cost_),
    sum(ifNull(reported_cost, 0)),
    sumIf(billed_tokens + estimated_input + estimated_output, NOT gave_answer) AS wasted_tokens,
    sumIf(input_cost_ + cached_cost_ + write_cost_ + output_cost_ + reasoning_cost_ + estimated_cost_, NOT gave_answer) AS wasted_cost,
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
    is_wasted,
    any(band.price_key),
    any(band_version),
    any(band.min_input_tokens),
    -- One band of the price book a group, so one unit price a kind. Tuple: token kind, method of the estimate, unit price, quantity, attempts.
    arrayFilter(charge -> charge.4 > 0, [
        ('input', source_estimate, any(band.input), sum(plain_input), countIf(plain_input > 0)),
        ('audio_input', source_estimate, any(media_band.audio_input), sum(audio_input), countIf(audio_input > 0)),
        ('image_input', source_estimate, any(media_band.image_input), sum(image_input), countIf(image_input > 0)),
        ('cached_input', source_estimate, any(band.cached_input), sum(billed_cached), countIf(billed_cached > 0)),
        ('cache_write', source_estimate, any(band.cache_write), sum(plain_write), countIf(plain_write > 0)),
        ('cache_write_1h', source_estimate, any(band.cache_write_1h), sum(billed_write_1h), countIf(billed_write_1h > 0)),
        ('output', source_estimate, any(band.output), sum(plain_output), countIf(plain_output > 0)),
        ('audio_output', source_estimate, any(media_band.audio_output), sum(audio_output), countIf(audio_output > 0)),
        ('image_output', source_estimate, any(media_band.image_output), sum(image_output), countIf(image_output > 0)),
        ('reasoning', source_estimate, any(band.reasoning), sum(billed_reasoning), countIf(billed_reasoning > 0)),
        ('input', 'sibling_input', any(band.input), sumIf(estimated_input, input_method = 'sibling_input'), countIf(estimated_input > 0 AND input_method = 'sibling_input')),
        ('input', 'bytes_per_token', any(band.input), sumIf(estimated_input, input_method = 'bytes_per_token'), countIf(estimated_input > 0 AND input_method = 'bytes_per_token')),
        ('output', 'stream_events', any(band.output), sumIf(estimated_output, output_method = 'stream_events'), countIf(estimated_output > 0 AND output_method = 'stream_events')),
        ('output', 'bytes_per_token', any(band.output), sumIf(estimated_output, output_method = 'bytes_per_token'), countIf(estimated_output > 0 AND output_method = 'bytes_per_token'))
    ]) AS charges,
    cost_currency,
    countIf(reported_cost IS NOT NULL),
    countIf(reported_cost IS NOT NULL AND is_unpriced),
    sumIf(input_cost_ + cached_cost_ + write_cost_ + output_cost_ + reasoning_cost_ + estimated_cost_, reported_cost IS NOT NULL)
FROM {last_step}
GROUP BY tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, endpoint, region, service_tier,
    currency, outcome, error_class, cause, from_upstream, to_upstream, is_wasted, band_id, source_estimate, cost_currency
-- Planning this takes longer than settling a small window. Most of it goes into rewrites that find nothing to do here: each of them walks the
-- whole tree, the first (there since ClickHouse 25.2) by hashing every comparison with all it is computed from.
SETTINGS optimize_and_compare_chain = 0, optimize_aggregators_of_group_by_keys = 0, optimize_group_by_function_keys = 0,
    optimize_injective_functions_in_group_by = 0, optimize_syntax_fuse_functions = 0
