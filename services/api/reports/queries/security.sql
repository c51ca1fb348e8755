SELECT *
FROM (
    SELECT
        {keys}
        sum(r.requests) AS requests,
        sum(r.attempts) AS attempts,
        sum(r.answered_attempts) AS answered_attempts,
        sum(r.rejected_attempts) AS rejected_attempts,
        sum(r.rate_limited_attempts) AS rate_limited_attempts,
        sum(r.auth_failures) AS auth_failures,
        sumMap(r.auth_failures_by_result) AS auth_failures_by_result,
        sum(r.refused_model_attempts) AS refused_model_attempts,
        sum(r.blocked_by_policy) AS blocked_by_policy,
        sum(r.guardrail_hits) AS guardrail_hits,
        sum(r.input_tokens) AS input_tokens,
        sum(r.cached_input_tokens) AS cached_input_tokens,
        sum(r.output_tokens) AS output_tokens,
        exp(sum(r.ln_request_bytes_sum) / 1000 / nullIf(sum(r.sized_attempts), 0)) AS request_bytes_geometric_mean,
        exp(sum(r.ln_output_ratio_sum) / 1000 / nullIf(sum(r.ratio_attempts), 0)) AS output_ratio_geometric_mean,
        sum(r.prompted_attempts) AS prompted_attempts,
        uniqCombined64Merge(12)(r.prompts) AS prompts,
        uniqCombined64Merge(12)(r.models) AS models,
        uniqCombined64Merge(12)(r.refused_models) AS refused_models,
        uniqExactIf(r.api_key_id, r.api_key_id NOT IN ('', 'overflow')) AS api_keys,
        uniqExactIf(r.client_ip_prefix, r.client_ip_prefix NOT IN ('', 'overflow')) AS client_ip_prefixes
    FROM {rows} AS r
    WHERE {of_range_and_scope}
    {groups}
)
{page}
