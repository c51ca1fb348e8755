-- How large and how varied the requests of each key are.
SELECT r.tenant_id AS tenant_id, r.api_key_id AS api_key_id, sum(r.attempts) AS attempts,
    exp(sum(r.ln_request_bytes_sum) / 1000 / nullIf(sum(r.sized_attempts), 0)) AS request_bytes,
    exp(sum(r.ln_output_ratio_sum) / 1000 / nullIf(sum(r.ratio_attempts), 0)) AS output_ratio,
    uniqCombined64Merge(12)(r.prompts) / nullIf(sum(r.prompted_attempts), 0) AS different_prompts_ratio,
    toFloat64(uniqCombined64Merge(12)(r.models)) AS models
FROM {rows:security} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY tenant_id, api_key_id
ORDER BY attempts DESC, tenant_id, api_key_id
LIMIT 100
