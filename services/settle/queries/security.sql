-- security_sums → security_per_minute. What a tenant's callers may invent without end is bounded: of each tenant and window the routes,
-- keys and networks keep their names that were refused most, then those with most attempts; all others are overflow, with full counts.
INSERT INTO {database}.security_per_minute (
    window_start, settle_version,
    tenant_id, route, api_key_id, client_ip_prefix, requests, attempts, answered_attempts, rejected_attempts,
    rate_limited_attempts, auth_failures, auth_failures_by_result, refused_model_attempts, blocked_by_policy, guardrail_hits,
    input_tokens, cached_input_tokens, output_tokens, sized_attempts, ln_request_bytes_sum, ln_request_bytes_squares,
    ratio_attempts, ln_output_ratio_sum, ln_output_ratio_squares, prompted_attempts, prompts, models, refused_models)
WITH
routes AS (
    SELECT window_start, tenant_id, route
    FROM {database}.security_sums
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start, tenant_id, route
    ORDER BY sum(auth_failures + refused_model_attempts + guardrail_hits) DESC, sum(attempts) DESC, route
    LIMIT {max_label_values:UInt32} BY window_start, tenant_id
),
callers AS (
    SELECT window_start, tenant_id, route, api_key_id
    FROM {database}.security_sums
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start, tenant_id, route, api_key_id
    ORDER BY sum(auth_failures + refused_model_attempts + guardrail_hits) DESC, sum(attempts) DESC, route, api_key_id
    LIMIT {max_label_values:UInt32} BY window_start, tenant_id
),
places AS (
    SELECT window_start, tenant_id, route, api_key_id, client_ip_prefix
    FROM {database}.security_sums
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start, tenant_id, route, api_key_id, client_ip_prefix
    ORDER BY sum(auth_failures + refused_model_attempts + guardrail_hits) DESC, sum(attempts) DESC, route, api_key_id, client_ip_prefix
    LIMIT 2 * {max_label_values:UInt32} BY window_start, tenant_id
)
SELECT
    s.window_start AS window_start, {version:UInt64} AS settle_version, s.tenant_id AS tenant_id,
    if((s.window_start, s.tenant_id, s.route) IN routes, s.route, 'overflow') AS route,
    if((s.window_start, s.tenant_id, s.route, s.api_key_id) IN callers, s.api_key_id, 'overflow') AS api_key_id,
    if((s.window_start, s.tenant_id, s.route, s.api_key_id, s.client_ip_prefix) IN places, s.client_ip_prefix, 'overflow')
        AS client_ip_prefix,
    sum(s.requests) AS requests,
    sum(s.attempts) AS attempts,
    sum(s.answered_attempts) AS answered_attempts,
    sum(s.rejected_attempts) AS rejected_attempts,
    sum(s.rate_limited_attempts) AS rate_limited_attempts,
    sum(s.auth_failures) AS auth_failures,
    sumMap(s.auth_failures_by_result) AS auth_failures_by_result,
    sum(s.refused_model_attempts) AS refused_model_attempts,
    sum(s.blocked_by_policy) AS blocked_by_policy,
    sum(s.guardrail_hits) AS guardrail_hits,
    sum(s.input_tokens) AS input_tokens,
    sum(s.cached_input_tokens) AS cached_input_tokens,
    sum(s.output_tokens) AS output_tokens,
    sum(s.sized_attempts) AS sized_attempts,
    sum(s.ln_request_bytes_sum) AS ln_request_bytes_sum,
    sum(s.ln_request_bytes_squares) AS ln_request_bytes_squares,
    sum(s.ratio_attempts) AS ratio_attempts,
    sum(s.ln_output_ratio_sum) AS ln_output_ratio_sum,
    sum(s.ln_output_ratio_squares) AS ln_output_ratio_squares,
    sum(s.prompted_attempts) AS prompted_attempts,
    uniqCombined64MergeState(12)(s.prompts) AS prompts,
    uniqCombined64MergeState(12)(s.models) AS models,
    uniqCombined64MergeState(12)(s.refused_models) AS refused_models
FROM {database}.security_sums AS s
WHERE s.settle_version = {version:UInt64} AND s.pass = {pass:UInt64}
GROUP BY window_start, tenant_id, route, api_key_id, client_ip_prefix
