-- Attempts → attempt_sums: what is summed before prices are known. {attempts} are those of requests with one row, or of the others. Steps
-- are many and small on purpose: an alias that others of its own SELECT name is planned anew at each of those places.
INSERT INTO {database}.attempt_sums (
    settle_version, pass, window_start, tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream,
    provider, endpoint,
    region, service_tier, price_modifiers, outcome, error_class, cause, from_upstream, to_upstream, is_wasted, is_compared,
    reported_currency,
    over_tokens, priced_from_ms, kinds_used, source_estimate,
    requests, successful_requests, attempts, attempts_reported, unseen_attempts, retried_requests, fallback_requests, recovered_by_retry,
    recovered_by_fallback, failed_after_all, failed_at_once, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, estimated_input_tokens, estimated_output_tokens, missing_usage_attempts, contradictory_usage_attempts,
    response_cache_hits, response_cache_hit_tokens, reported_cost, added_latency_ms, added_latency_requests, collateral_attempts,
    collateral_tokens, request_ttft_ms, request_tpot_ms, request_duration_ms, request_queue_ms, attempt_ttft_ms, attempt_duration_ms,
    request_ttft_count, request_tpot_count, request_duration_count, request_queue_count, attempt_ttft_count, attempt_duration_count,
    quantities, units, answered_attempts, requests_by_10s, attempts_by_10s, answered_by_10s,
    ln_ttft_sum, ln_ttft_squares, ln_tpot_sum, ln_tpot_squares, ln_duration_sum, ln_duration_squares,
    ln_output_count, ln_output_sum, ln_output_squares)
WITH
attempts AS (
    {attempts}
),
-- judged: what the request came to, seen from each of its attempts.
judged AS (
    SELECT
        *,
        greatest(r_reported, r_reached) AS reported_total,
        greatest(r_reported, r_reached) > 1 OR r_rows > 1 AS has_more_attempts,
        r_outcome = 'ok' AS request_ok,
        is_final AND r_outcome = 'ok' AS gave_answer,
        -- Billed tokens are those of attempts that a model worked on. Where a provider bills an attempt whose usage nobody reported (it
        -- answered, was cancelled or timed out), what is missing is estimated.
        if(is_reached, input_tokens, 0) AS billed_input,
        if(is_reached, cached_input_tokens, 0) AS billed_cached,
        if(is_reached, cache_write_tokens, 0) AS billed_write,
        if(is_reached, least(cache_write_1h_tokens, cache_write_tokens), 0) AS billed_write_1h,
        if(is_reached, output_tokens, 0) AS billed_output,
        if(is_reached, reasoning_tokens, 0) AS billed_reasoning,
        if(is_reached, billed_units, '') AS units_text,
        -- Bytes of sound and pictures say nothing of tokens, and a source that tells other units has told its usage.
        is_reached AND usage_quality = 'missing' AND upstream_kind = 'provider'
            AND (outcome IN ('ok', 'cancelled') OR error_class = 'timeout')
            AND billed_units = '' AND operation NOT IN ('transcription', 'translation', 'speech', 'image_generation', 'image_edit',
                'realtime')
            AS is_estimated
    FROM attempts
),
-- metered: every token stands under one kind; which of the cached, written or reasoning tokens are audio or images nobody tells
-- (price-attempt.ts does the same). Estimates: input from a sibling attempt of the request (same prompt), else one token per 4 bytes
-- (OpenAI's rule of thumb, help.openai.com "What are tokens"); output of a plain answer likewise, of a stream one token per
-- {stream_bytes_per_token:UInt32} bytes (size of a chat.completion.chunk event).
metered AS (
    SELECT
        *,
        multiIf(r_first_upstream != r_final_upstream, r_first_upstream,
            r_is_fallback AND has_more_attempts, if(r_fallback_from = '', 'unknown', r_fallback_from), r_final_upstream) AS from_upstream,
        multiIf(r_rows = 1 AND has_more_attempts AND request_ok, 'unknown', r_first_error) AS cause,
        toUInt64(billed_input - least(billed_input, billed_cached + billed_write)) AS uncached_input,
        toUInt64(billed_output - least(billed_output, billed_reasoning)) AS answer,
        toUInt64(billed_write - billed_write_1h) AS plain_write,
        toUInt64(if(is_reached, least(cached_audio_input_tokens, billed_cached), 0)) AS cached_audio,
        if(is_estimated AND billed_input = 0, if(r_input_tokens > 0, r_input_tokens, intDiv(request_bytes + 3, 4)), 0) AS estimated_input,
        if(is_estimated AND billed_output = 0 AND outcome IN ('ok', 'cancelled'),
            intDiv(response_bytes, if(is_stream, {stream_bytes_per_token:UInt32}, 4)), 0) AS estimated_output
    FROM judged
),
heard AS (
    SELECT
        *,
        from_upstream != r_final_upstream AS fell_back,
        toUInt64(billed_cached - cached_audio) AS plain_cached,
        toUInt64(if(is_reached, least(audio_input_tokens - least(audio_input_tokens, cached_audio), uncached_input), 0)) AS audio_input,
        toUInt64(if(is_reached, least(audio_output_tokens, answer), 0)) AS audio_output,
        if(r_input_tokens > 0, estimated_input, 0) AS input_of_sibling,
        if(r_input_tokens > 0, 0, estimated_input) AS input_of_bytes,
        if(is_stream, estimated_output, 0) AS output_of_events,
        if(is_stream, 0, estimated_output) AS output_of_bytes,
        {size_class} AS over_tokens,
        {time_class} AS priced_from_ms
    FROM metered
),
seen AS (
    SELECT
        *,
        toUInt64(if(is_reached, least(image_input_tokens, uncached_input - audio_input), 0)) AS image_input,
        toUInt64(if(is_reached, least(image_output_tokens, answer - audio_output), 0)) AS image_output
    FROM heard
),
plain AS (
    SELECT
        *,
        toUInt64(uncached_input - audio_input - image_input) AS plain_input,
        toUInt64(answer - audio_output - image_output) AS plain_output
    FROM seen
),
-- told: only what is summed, under names that no sum has. A group has one set of kinds and of units: where one of them has no price,
-- every attempt of the group is unpriced.
told AS (
    SELECT
        window_start, tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, provider, endpoint,
        region,
        service_tier, price_modifiers, outcome, error_class, cause, from_upstream, r_final_upstream AS to_upstream,
            NOT gave_answer AS is_wasted,
        reported_cost IS NOT NULL AS is_compared, if(reported_cost IS NOT NULL, reported_currency, '') AS currency_of_cost, over_tokens,
        priced_from_ms, is_final, gave_answer, request_ok, has_more_attempts, fell_back, is_reached, reported_total, r_reached, r_rows,
        waited_ms,
        billed_input, billed_cached, billed_write, billed_output, billed_reasoning, billed_write_1h, estimated_input, estimated_output,
        plain_input, audio_input, image_input, plain_cached, cached_audio, plain_write, plain_output, audio_output, image_output,
        input_of_sibling, input_of_bytes, output_of_events, output_of_bytes,
        if(units_text = '', CAST(map(), 'Map(String, Decimal(38, 6))'),
            CAST(extractKeyValuePairs(units_text, '=', ' '), 'Map(String, Decimal(38, 6))')) AS units_told,
        if(units_text = '', '', replaceRegexpAll(units_text, '=[0-9.]+', '')) AS units_used,
        is_reached AND outcome = 'ok' AS is_answered,
        -- The source's own estimate counts as what it reported, and is marked.
        if(usage_quality = 'estimated', 'source', '') AS source_estimate,
        is_reached AND usage_quality = 'missing' AS is_missing,
        usage_quality = 'contradictory' AS is_contradictory,
        response_cache = 'hit' AS is_cache_hit,
        input_tokens + output_tokens AS tokens_told,
        ifNull(reported_cost, 0) AS cost_told,
        toFloat32(waited_ms + ifNull(ttft_ms, 0)) AS whole_ttft, toFloat32(waited_ms + ifNull(duration_ms, 0)) AS whole_duration,
        toFloat32(ifNull(ttft_ms, 0)) AS own_ttft, toFloat32(ifNull(duration_ms, 0)) AS own_duration,
            toFloat32(ifNull(queue_ms, 0)) AS own_queue,
        toFloat32((ifNull(duration_ms, 0) - ifNull(ttft_ms, 0)) / greatest(1, output_tokens - 1)) AS own_tpot,
        gave_answer AND ttft_ms IS NOT NULL AS has_ttft,
        ifNull(gave_answer AND ttft_ms IS NOT NULL AND duration_ms > ttft_ms AND output_tokens > 1, false) AS has_tpot,
        is_final AND duration_ms IS NOT NULL AS has_duration,
        is_final AND queue_ms IS NOT NULL AS has_queue,
        outcome = 'ok' AND ttft_ms IS NOT NULL AS has_own_ttft,
        is_reached AND duration_ms IS NOT NULL AS has_own_duration,
        toUInt32({kinds_used}) AS kinds_used,
        -- Each attempt with a row counts where it ran; what only the gateway counted is added where the request ended.
        if(is_final, toUInt64(reported_total - (r_reached - is_reached)), toUInt64(is_reached)) AS own_attempts,
        intDiv(toSecond(started_at - toIntervalMillisecond(waited_ms)), 10) AS ten_seconds,
        -- Logarithms in thousandths: sums of integers do not depend on their order.
        toInt64(round(1000 * log(greatest(waited_ms + ifNull(ttft_ms, 0), 0.01)))) AS ln_ttft,
        toInt64(round(1000 * log(greatest((ifNull(duration_ms, 0) - ifNull(ttft_ms, 0)) / greatest(1, output_tokens - 1), 0.01))))
            AS ln_tpot,
        toInt64(round(1000 * log(greatest(waited_ms + ifNull(duration_ms, 0), 0.01)))) AS ln_duration,
        toInt64(round(1000 * log(greatest(output_tokens, 1)))) AS ln_output,
        gave_answer AND output_tokens > 0 AS has_output
    FROM plain
)
SELECT
    {version:UInt64} AS settle_version, {pass:UInt64} AS pass, window_start, tenant_id, priority, route, policy, request_model,
        response_model, upstream_kind, upstream,
    provider, endpoint, region, service_tier, price_modifiers, outcome, error_class, cause, from_upstream, to_upstream, is_wasted,
    is_compared,
    currency_of_cost AS reported_currency, over_tokens, priced_from_ms, kinds_used, source_estimate,
    countIf(is_final) AS requests,
    countIf(gave_answer) AS successful_requests,
    count() AS attempts,
    sum(own_attempts) AS attempts_reported,
    sumIf(toUInt64(reported_total - least(reported_total, r_reached)), is_final) AS unseen_attempts,
    countIf(is_final AND has_more_attempts) AS retried_requests,
    countIf(is_final AND has_more_attempts AND fell_back) AS fallback_requests,
    countIf(gave_answer AND has_more_attempts AND NOT fell_back) AS recovered_by_retry,
    countIf(gave_answer AND has_more_attempts AND fell_back) AS recovered_by_fallback,
    countIf(is_final AND NOT request_ok AND has_more_attempts) AS failed_after_all,
    countIf(is_final AND NOT request_ok AND NOT has_more_attempts) AS failed_at_once,
    sum(billed_input) AS input_tokens,
    sum(billed_cached) AS cached_input_tokens,
    sum(billed_write) AS cache_write_tokens,
    sum(billed_output) AS output_tokens,
    sum(billed_reasoning) AS reasoning_tokens,
    sum(estimated_input) AS estimated_input_tokens,
    sum(estimated_output) AS estimated_output_tokens,
    countIf(is_missing) AS missing_usage_attempts,
    countIf(is_contradictory) AS contradictory_usage_attempts,
    countIf(is_cache_hit) AS response_cache_hits,
    sumIf(tokens_told, is_cache_hit) AS response_cache_hit_tokens,
    sum(cost_told) AS reported_cost,
    sumIf(toFloat64(waited_ms), is_final AND r_rows > 1) AS added_latency_ms,
    countIf(is_final AND r_rows > 1) AS added_latency_requests,
    countIf(is_reached AND is_final AND fell_back) AS collateral_attempts,
    sumIf(billed_input + billed_output, is_final AND fell_back) AS collateral_tokens,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(whole_ttft, has_ttft) AS request_ttft_ms,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(own_tpot, has_tpot) AS request_tpot_ms,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(whole_duration, has_duration) AS request_duration_ms,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(own_queue, has_queue) AS request_queue_ms,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(own_ttft, has_own_ttft) AS attempt_ttft_ms,
    quantilesBFloat16StateIf(0.5, 0.9, 0.95, 0.99)(own_duration, has_own_duration) AS attempt_duration_ms,
    countIf(has_ttft) AS request_ttft_count,
    countIf(has_tpot) AS request_tpot_count,
    countIf(has_duration) AS request_duration_count,
    countIf(has_queue) AS request_queue_count,
    countIf(has_own_ttft) AS attempt_ttft_count,
    countIf(has_own_duration) AS attempt_duration_count,
    [{quantities}] AS quantities,
    sumMap(units_told) AS units,
    countIf(is_answered) AS answered_attempts,
    {by_10s},
    sumIf(ln_ttft, has_ttft) AS ln_ttft_sum,
    sumIf(toUInt64(ln_ttft * ln_ttft), has_ttft) AS ln_ttft_squares,
    sumIf(ln_tpot, has_tpot) AS ln_tpot_sum,
    sumIf(toUInt64(ln_tpot * ln_tpot), has_tpot) AS ln_tpot_squares,
    sumIf(ln_duration, has_duration) AS ln_duration_sum,
    sumIf(toUInt64(ln_duration * ln_duration), has_duration) AS ln_duration_squares,
    countIf(has_output) AS ln_output_count,
    sumIf(ln_output, has_output) AS ln_output_sum,
    sumIf(toUInt64(ln_output * ln_output), has_output) AS ln_output_squares
FROM told
GROUP BY window_start, tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, provider, endpoint,
region,
    service_tier, price_modifiers, outcome, error_class, cause, from_upstream, to_upstream, is_wasted, is_compared, currency_of_cost,
    over_tokens,
    priced_from_ms, kinds_used, units_used, source_estimate
-- What is switched off are rewrites that find nothing to do here and walk the whole tree again and again. One thread: two take more
-- processor time and no less time for few rows; several settlers share the windows of a busy installation.
SETTINGS max_threads = 1, optimize_and_compare_chain = 0, optimize_aggregators_of_group_by_keys = 0, optimize_group_by_function_keys = 0,
    optimize_injective_functions_in_group_by = 0, optimize_syntax_fuse_functions = 0
