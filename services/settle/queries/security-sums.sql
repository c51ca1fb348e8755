-- Attempts → security_sums, by who called and from where. {attempts} are those of requests with one row, or of the others; of their
-- columns only these are read. Logarithms are in thousandths: sums of integers do not depend on their order.
INSERT INTO {database}.security_sums (
    settle_version, pass, window_start,
    tenant_id, route, api_key_id, client_ip_prefix, requests, attempts, answered_attempts, rejected_attempts,
    rate_limited_attempts, auth_failures, auth_failures_by_result, refused_model_attempts, blocked_by_policy, guardrail_hits,
    input_tokens, cached_input_tokens, output_tokens, sized_attempts, ln_request_bytes_sum, ln_request_bytes_squares,
    ratio_attempts, ln_output_ratio_sum, ln_output_ratio_squares, prompted_attempts, prompts, models, refused_models)
WITH
attempts AS (
    {attempts}
),
told AS (
    SELECT
        window_start, tenant_id, route, api_key_id, client_ip_prefix, is_final, outcome, error_class, request_model, prompt_hash,
        outcome = 'rejected' AS is_rejected,
        outcome = 'rejected' AND error_class = 'auth' AS is_auth_failure,
        multiIf(auth_result = '', 'unknown', auth_result IN {auth_results:Array(String)}, auth_result, 'other') AS result,
        request_model != '' AND outcome IN ('rejected', 'error')
            AND (error_class = 'client_error' OR (error_class = 'auth' AND auth_result IN ('denied', 'forbidden'))) AS is_refused_model,
        error_class = 'blocked_by_policy' AS is_blocked,
        guardrail != '' OR error_class = 'blocked_by_policy' AS is_guarded,
        if(is_reached, input_tokens, 0) AS reached_input,
        if(is_reached, cached_input_tokens, 0) AS reached_cached,
        if(is_reached, output_tokens, 0) AS reached_output,
        request_bytes > 0 AS is_sized,
        toUInt64(round(1000 * log(greatest(request_bytes, 1)))) AS ln_bytes,
        is_reached AND outcome = 'ok' AND input_tokens > 0 AND output_tokens > 0 AS has_ratio,
        toInt64(round(1000 * (log(greatest(output_tokens, 1)) - log(greatest(input_tokens, 1))))) AS ln_ratio,
        outcome = 'ok' AND prompt_hash != '' AS is_prompted
    FROM attempts
)
SELECT
    {version:UInt64} AS settle_version, {pass:UInt64} AS pass, window_start, tenant_id, route, api_key_id, client_ip_prefix,
    countIf(is_final) AS requests,
    count() AS attempts,
    countIf(outcome = 'ok') AS answered_attempts,
    countIf(is_rejected) AS rejected_attempts,
    countIf(is_rejected AND error_class = 'gateway_rejected') AS rate_limited_attempts,
    countIf(is_auth_failure) AS auth_failures,
    sumMapIf(map(toString(result), toUInt64(1)), is_auth_failure) AS auth_failures_by_result,
    countIf(is_refused_model) AS refused_model_attempts,
    countIf(is_blocked) AS blocked_by_policy,
    countIf(is_guarded) AS guardrail_hits,
    sum(reached_input) AS input_tokens,
    sum(reached_cached) AS cached_input_tokens,
    sum(reached_output) AS output_tokens,
    countIf(is_sized) AS sized_attempts,
    sumIf(ln_bytes, is_sized) AS ln_request_bytes_sum,
    sumIf(ln_bytes * ln_bytes, is_sized) AS ln_request_bytes_squares,
    countIf(has_ratio) AS ratio_attempts,
    sumIf(ln_ratio, has_ratio) AS ln_output_ratio_sum,
    sumIf(toUInt64(ln_ratio * ln_ratio), has_ratio) AS ln_output_ratio_squares,
    countIf(is_prompted) AS prompted_attempts,
    uniqCombined64StateIf(12)(prompt_hash, is_prompted) AS prompts,
    uniqCombined64StateIf(12)(toString(request_model), request_model != '') AS models,
    uniqCombined64StateIf(12)(toString(request_model), is_refused_model) AS refused_models
FROM told
GROUP BY window_start, tenant_id, route, api_key_id, client_ip_prefix
SETTINGS max_threads = 1
