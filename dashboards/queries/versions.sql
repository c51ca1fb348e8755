-- Models that answer on the same route, side by side.
SELECT r.route AS route, if(r.response_model = '', r.request_model, r.response_model) AS model, r.upstream AS upstream,
    sum(r.requests) AS requests, {ratio:usage.success_ratio} AS success_ratio,
    {usd_cost} * 1000 / nullIf(sum(r.successful_requests), 0) AS cost_per_1000_answers,
    sum(r.output_tokens) / nullIf(sum(r.successful_requests), 0) AS output_tokens_per_answer
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY route, model, upstream
ORDER BY route, requests DESC, model, upstream
LIMIT 200
