-- attempt_sums × prices → attempt_groups_per_minute. Decimals are exact: the sum times the price is the sum of the products. A tenant with
-- more than {max_label_values:UInt32} values of a label keeps the names of those with most requests (of equal ones the first by name); the
-- rest stands under 'overflow', tokens and cost in full. Other tenants keep every name.
INSERT INTO {database}.attempt_groups_per_minute (
    window_start, settle_version, tenant_id, priority, route, policy, request_model, response_model, upstream_kind, upstream, endpoint,
    region,
    service_tier, price_modifiers, currency, outcome, error_class, cause, from_upstream, to_upstream,
    requests, successful_requests, attempts, attempts_reported, unseen_attempts, retried_requests, fallback_requests, recovered_by_retry,
    recovered_by_fallback, failed_after_all, failed_at_once, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, estimated_input_tokens, estimated_output_tokens, unpriced_attempts, unpriced_tokens, missing_usage_attempts,
    contradictory_usage_attempts, response_cache_hits, response_cache_hit_tokens,
    input_cost, cached_input_cost, cache_write_cost, output_cost, reasoning_cost, unit_cost, estimated_cost, reported_cost, wasted_tokens,
    wasted_cost, added_latency_ms, added_latency_requests, collateral_attempts, collateral_tokens,
    request_ttft_ms, request_tpot_ms, request_duration_ms, request_queue_ms, attempt_ttft_ms, attempt_duration_ms,
    request_ttft_count, request_tpot_count, request_duration_count, request_queue_count, attempt_ttft_count, attempt_duration_count,
    is_wasted, price_key, price_version, min_input_tokens, charges, reported_currency, compared_attempts, compared_unpriced_attempts,
    compared_cost, requests_by_10s, attempts_by_10s, answered_by_10s,
    ln_ttft_sum, ln_ttft_squares, ln_tpot_sum, ln_tpot_squares, ln_duration_sum, ln_duration_squares,
    ln_output_count, ln_output_sum, ln_output_squares)
WITH
in_force AS (
    SELECT provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms,
        price_key, row_version, min_input_tokens, currency, unit_prices
    FROM {database}.prices_in_force
    WHERE price_version = {price_version:UInt32}
    LIMIT 1 BY provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms
),
joined AS (
    SELECT
        *,
        kinds_used > 0 AS has_tokens,
        arrayExists(name -> has({work_units}, name), mapKeys(units)) AS tells_work,
        -- What measures the work again: tokens without a price beside a unit that is priced, or of a model that is paid by the request
        -- alone; units of work without a price beside tokens.
        arrayExists(name -> has({work_units}, name) AND mapContains(unit_prices, name), mapKeys(units))
            OR (answered_attempts > 0 AND mapContains(unit_prices, 'request') AND NOT mapContains(unit_prices, 'input')
                AND NOT mapContains(unit_prices, 'output')) AS covers_tokens
    FROM {database}.attempt_sums AS sums
    LEFT JOIN in_force USING (provider, request_model, response_model, service_tier, region, price_modifiers, over_tokens, priced_from_ms)
    WHERE sums.settle_version = {version:UInt64} AND pass = {pass:UInt64}
),
billed AS (
    SELECT
        *,
        arrayFilter(told -> told.2 != 'unit' AND told.4 > 0 AND NOT (covers_tokens AND NOT mapContains(unit_prices, told.1)),
            CAST(quantities AS Array(Tuple(String, String, String, Decimal(38, 6), UInt64)))) AS token_quantities,
        arrayFilter(told -> mapContains(unit_prices, told.1) OR NOT (has_tokens AND has({work_units}, told.1)),
            arrayMap((name, quantity) -> (name, 'unit', toString(source_estimate), quantity, attempts), mapKeys(units), mapValues(units)))
            AS unit_quantities,
        arrayFilter(told -> told.5 > 0 AND mapContains(unit_prices, 'request'),
            [('request', 'unit', '', toDecimal128(answered_attempts, 6), answered_attempts)]) AS request_quantities
    FROM joined
),
-- priced: a charge is a quantity of one kind with its unit price; null: unpriced, which is not free. An answer of a model that is billed
-- by a unit of its work, which tells neither that nor tokens, is unpriced too: it owes what nobody knows.
priced AS (
    SELECT
        *,
        arrayMap(told -> CAST((told.1, told.2, told.3, if(mapContains(unit_prices, told.1), unit_prices[told.1], NULL), told.4, told.5)
            AS Tuple(token_kind String, cost_part String, estimate_method String, unit_price Nullable(Decimal(38, 18)),
                quantity Decimal(38, 6),
                attempts UInt64)), arrayConcat(token_quantities, unit_quantities, request_quantities)) AS priced_quantities,
        answered_attempts > 0 AND NOT has_tokens AND NOT tells_work
            AND arrayExists((name, price) -> price > 0 AND has({work_units}, name), mapKeys(unit_prices),
                mapValues(unit_prices)) AS owes_a_unit
    FROM billed
),
costed AS (
    SELECT
        *,
        -- The product of 256 bits has 24 digits after the point, of which no more than 18 are not zero.
        arrayMap(charge -> (charge.cost_part,
            CAST(ifNull(charge.unit_price * CAST(charge.quantity AS Decimal(76, 6)), 0) AS Decimal(38, 18))), priced_quantities) AS costs,
        -- Without any price all tokens are unpriced, also where a source tells more of a part than of the whole.
        if(empty(unit_prices), input_tokens + output_tokens,
            toUInt64(arraySum(arrayMap(charge -> if(charge.unit_price IS NULL AND charge.cost_part NOT IN ('estimated', 'unit'),
                charge.quantity, 0),
                priced_quantities)))) AS tokens_without_price,
        if(empty(unit_prices),
            input_tokens + output_tokens + estimated_input_tokens + estimated_output_tokens > 0 OR notEmpty(unit_quantities),
            arrayExists(charge -> charge.unit_price IS NULL, priced_quantities)) AS is_unpriced
    FROM priced
),
summed AS (
    SELECT
        *,
        {cost_parts},
        CAST(arraySum(arrayMap(cost -> cost.2, costs)) AS Decimal(38, 18)) AS whole_cost
    FROM costed
)
SELECT
    window_start, settle_version, tenant_id, priority, {route} AS route, policy, {request_model} AS request_model,
    {response_model} AS response_model, upstream_kind, upstream, {endpoint} AS endpoint,
    region, service_tier, price_modifiers, if(currency = '', {base_currency:String}, currency) AS currency, outcome, error_class, cause,
        from_upstream, to_upstream,
    requests, successful_requests, attempts, attempts_reported, unseen_attempts, retried_requests, fallback_requests, recovered_by_retry,
    recovered_by_fallback, failed_after_all, failed_at_once, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens,
    reasoning_tokens, estimated_input_tokens, estimated_output_tokens,
    multiIf(is_unpriced, attempts, owes_a_unit, answered_attempts, 0) AS unpriced_attempts,
    tokens_without_price AS unpriced_tokens, missing_usage_attempts, contradictory_usage_attempts, response_cache_hits,
    response_cache_hit_tokens,
    input_cost, cached_input_cost, cache_write_cost, output_cost, reasoning_cost, unit_cost, estimated_cost, reported_cost,
    if(is_wasted, input_tokens + output_tokens + estimated_input_tokens + estimated_output_tokens, 0) AS wasted_tokens,
    if(is_wasted, whole_cost, 0) AS wasted_cost,
    added_latency_ms, added_latency_requests, collateral_attempts, collateral_tokens,
    request_ttft_ms, request_tpot_ms, request_duration_ms, request_queue_ms, attempt_ttft_ms, attempt_duration_ms,
    request_ttft_count, request_tpot_count, request_duration_count, request_queue_count, attempt_ttft_count, attempt_duration_count,
    is_wasted, price_key, row_version AS price_version, min_input_tokens,
    arrayMap(charge -> (charge.token_kind, charge.estimate_method, charge.unit_price, charge.quantity, charge.attempts), priced_quantities)
        AS charges,
    reported_currency, if(is_compared, attempts, 0) AS compared_attempts,
    if(is_compared AND (is_unpriced OR owes_a_unit), attempts, 0) AS compared_unpriced_attempts,
    if(is_compared, whole_cost, 0) AS compared_cost, requests_by_10s, attempts_by_10s, answered_by_10s,
    ln_ttft_sum, ln_ttft_squares, ln_tpot_sum, ln_tpot_squares, ln_duration_sum, ln_duration_squares,
    ln_output_count, ln_output_sum, ln_output_squares
FROM summed
SETTINGS max_threads = 1
