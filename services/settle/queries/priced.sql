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
        if(is_estimated AND billed_output = 0 AND outcome IN ('ok', 'cancelled'), intDiv(response_bytes, if(is_stream, {stream_bytes_per_token:UInt32}, 4)), 0) AS estimated_output,
        -- The source's own estimate counts as what it reported, and is marked.
        if(usage_quality = 'estimated', 'source', '') AS source_estimate,
        if(r_input_tokens > 0, 'sibling_input', 'bytes_per_token') AS input_method,
        if(is_stream, 'stream_events', 'bytes_per_token') AS output_method
    FROM judged
),
-- chosen: the band of the price book in force when the attempt started, chosen by that attempt's own input size. band_no 0: no price.
-- Every token stands under one kind; which of the cached, written or reasoning tokens are audio or images nobody tells (price-attempt.ts does the same).
chosen AS (
    SELECT
        *,
        toUInt64(billed_input - least(billed_input, billed_cached + billed_write)) AS uncached_input,
        toUInt64(if(reached, least(audio_input_tokens, uncached_input), 0)) AS audio_input,
        toUInt64(if(reached, least(image_input_tokens, uncached_input - audio_input), 0)) AS image_input,
        toUInt64(uncached_input - audio_input - image_input) AS plain_input,
        toUInt64(billed_write - billed_write_1h) AS plain_write,
        toUInt64(billed_output - least(billed_output, billed_reasoning)) AS answer,
        toUInt64(if(reached, least(audio_output_tokens, answer), 0)) AS audio_output,
        toUInt64(if(reached, least(image_output_tokens, answer - audio_output), 0)) AS image_output,
        toUInt64(answer - audio_output - image_output) AS plain_output,
        toUnixTimestamp64Milli(started_at) AS started_ms,
        arrayFirstIndex(b -> started_ms >= b.valid_from_ms AND (b.valid_to_ms = 0 OR started_ms < b.valid_to_ms)
            AND (b.min_input_tokens = 0 OR billed_input + estimated_input > b.min_input_tokens
                OR (b.is_inclusive = 1 AND billed_input + estimated_input = b.min_input_tokens)), bands) AS band_no
    FROM metered
    LEFT JOIN (
        -- band_ids tells bands apart by all they say. A row from before a migration lacks what came with it; every process writes the whole row again.
        SELECT provider, request_model, response_model, service_tier, region, bands, media, versions,
            arrayMap((b, m, v) -> sipHash128(toString((b, m, v))), bands, media, versions) AS band_ids
        FROM {database}.price_bands WHERE price_version = {price_version:UInt32}
        ORDER BY length(versions) DESC
        LIMIT 1 BY provider, request_model, response_model, service_tier, region
    ) AS book USING (provider, request_model, response_model, service_tier, region)
),
-- banded: a step of its own, because an alias is planned anew wherever its own SELECT names it, and band_no is long.
banded AS (
    SELECT *, bands[band_no] AS band, media[band_no] AS media_band, versions[band_no] AS band_version, band_ids[band_no] AS band_id FROM chosen
),
-- priced: tokens of kinds without a price, which is not free, are told apart. Rows of one band and kind cost what their sum costs: groups.sql multiplies.
priced AS (
    SELECT
        *,
        if(band.currency = '', {base_currency:String}, band.currency) AS currency,
        if(band_no = 0, billed_tokens, if(band.input IS NULL, plain_input, 0) + if(band.cached_input IS NULL, billed_cached, 0) + if(band.cache_write IS NULL, plain_write, 0)
            + if(band.cache_write_1h IS NULL, billed_write_1h, 0) + if(band.output IS NULL, plain_output, 0) + if(band.reasoning IS NULL, billed_reasoning, 0)
            + if(media_band.audio_input IS NULL, audio_input, 0) + if(media_band.image_input IS NULL, image_input, 0)
            + if(media_band.audio_output IS NULL, audio_output, 0) + if(media_band.image_output IS NULL, image_output, 0)) AS unpriced_tokens_,
        band_no = 0 AND estimated_input + estimated_output > 0 OR unpriced_tokens_ > 0 AS is_unpriced,
        billed_input + billed_output AS billed_tokens,
        NOT gave_answer AS is_wasted,
        reported_cost IS NOT NULL AS is_compared,
        if(is_compared, reported_currency, '') AS cost_currency,
        gave_answer AND ttft_ms IS NOT NULL AND duration_ms > ttft_ms AND output_tokens > 1 AS has_tpot
    FROM banded
)
