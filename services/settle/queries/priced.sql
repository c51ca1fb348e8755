-- judged: what the request came to, seen from each of its attempts.
judged AS (
    SELECT
        *,
        greatest(r_reported, r_reached) AS reported_total,
        r_outcome = 'ok' AS request_ok,
        reported_total > 1 OR r_rows > 1 AS has_more_attempts,
        multiIf(r_first_upstream != r_final_upstream, r_first_upstream, r_is_fallback AND has_more_attempts, if(r_fallback_from = '', 'unknown', r_fallback_from), r_final_upstream) AS from_upstream,
        from_upstream != r_final_upstream AS fell_back,
        multiIf(r_rows = 1 AND has_more_attempts AND request_ok, 'unknown', r_first_error) AS cause,
        is_final AND request_ok AS gave_answer
    FROM grouped
),
-- metered: billed tokens are those of attempts that a model worked on. Where a provider bills an attempt whose usage nobody reported (it answered,
-- was cancelled or timed out), what is missing is estimated: input from a sibling attempt of the request (same prompt), else one token per 4 bytes
-- (OpenAI's rule of thumb, help.openai.com "What are tokens"); output of a plain answer likewise, of a stream one token per
-- {stream_bytes_per_token:UInt32} bytes (size of a chat.completion.chunk event).
metered AS (
    SELECT
        *,
        if(reached, cached_input_tokens, 0) AS billed_cached,
        if(reached, cache_write_tokens, 0) AS billed_write,
        if(reached, least(cache_write_1h_tokens, cache_write_tokens), 0) AS billed_write_1h,
        if(reached, reasoning_tokens, 0) AS billed_reasoning,
        if(reached, input_tokens, 0) AS billed_input,
        if(reached, output_tokens, 0) AS billed_output,
        reached AND usage_quality = 'missing' AND upstream_kind = 'provider' AND (outcome IN ('ok', 'cancelled') OR error_class = 'timeout') AS is_estimated,
        if(is_estimated AND billed_input = 0, if(r_input_tokens > 0, r_input_tokens, intDiv(request_bytes + 3, 4)), 0) AS estimated_input,
        if(is_estimated AND billed_output = 0 AND outcome IN ('ok', 'cancelled'), intDiv(response_bytes, if(is_stream, {stream_bytes_per_token:UInt32}, 4)), 0) AS estimated_output
    FROM judged
),
-- banded: the band of the price book in force when the attempt started, chosen by that attempt's own input size. band_no 0: no price.
banded AS (
    SELECT
        *,
        toUInt64(billed_input - least(billed_input, billed_cached + billed_write)) AS plain_input,
        toUInt64(billed_write - billed_write_1h) AS plain_write,
        toUInt64(billed_output - least(billed_output, billed_reasoning)) AS plain_output,
        toUnixTimestamp64Milli(started_at) AS started_ms,
        arrayFirstIndex(b -> started_ms >= b.valid_from_ms AND (b.valid_to_ms = 0 OR started_ms < b.valid_to_ms)
            AND (b.min_input_tokens = 0 OR billed_input + estimated_input > b.min_input_tokens
                OR (b.is_inclusive = 1 AND billed_input + estimated_input = b.min_input_tokens)), bands) AS band_no,
        bands[band_no] AS band
    FROM metered
    LEFT JOIN (
        SELECT provider, request_model, response_model, service_tier, region, any(bands) AS bands
        FROM {database}.price_bands WHERE price_version = {price_version:UInt32}
        GROUP BY provider, request_model, response_model, service_tier, region
    ) AS book USING (provider, request_model, response_model, service_tier, region)
),
-- priced: cost by token kind; tokens of kinds without a price, which is not free, are told apart.
priced AS (
    SELECT
        *,
        if(band.currency = '', {base_currency:String}, band.currency) AS currency,
        ifNull(plain_input * band.input, 0) AS input_cost_,
        ifNull(billed_cached * band.cached_input, 0) AS cached_cost_,
        ifNull(plain_write * band.cache_write, 0) + ifNull(billed_write_1h * band.cache_write_1h, 0) AS write_cost_,
        ifNull(plain_output * band.output, 0) AS output_cost_,
        ifNull(billed_reasoning * band.reasoning, 0) AS reasoning_cost_,
        ifNull(estimated_input * band.input, 0) + ifNull(estimated_output * band.output, 0) AS estimated_cost_,
        if(band_no = 0, billed_tokens, if(band.input IS NULL, plain_input, 0) + if(band.cached_input IS NULL, billed_cached, 0) + if(band.cache_write IS NULL, plain_write, 0)
            + if(band.cache_write_1h IS NULL, billed_write_1h, 0) + if(band.output IS NULL, plain_output, 0) + if(band.reasoning IS NULL, billed_reasoning, 0)) AS unpriced_tokens_,
        band_no = 0 AND estimated_input + estimated_output > 0 OR unpriced_tokens_ > 0 AS is_unpriced,
        billed_input + billed_output AS billed_tokens,
        gave_answer AND ttft_ms IS NOT NULL AND duration_ms > ttft_ms AND output_tokens > 1 AS has_tpot
    FROM banded
)
