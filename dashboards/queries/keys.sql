-- Who inside a tenant uses what, by key.
SELECT r.tenant_id AS tenant_id, r.api_key_id AS api_key_id, sum(r.requests) AS requests, sum(r.answered_attempts) AS answered_attempts,
    sum(r.input_tokens) AS input_tokens, sum(r.cached_input_tokens) AS cached_input_tokens, sum(r.output_tokens) AS output_tokens
FROM {rows:security} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY tenant_id, api_key_id
ORDER BY requests DESC, tenant_id, api_key_id
LIMIT 100
