-- What a million output tokens cost at list price, input included, and how fast the first one comes.
SELECT u.model AS model, u.upstream AS upstream, u.requests AS requests, u.cost_per_million AS cost_per_million_output_tokens,
    l.ttft_p95 AS ttft_p95, l.tpot_p95 AS tpot_p95
FROM (
    SELECT r.request_model AS model, r.upstream AS upstream, sum(r.requests) AS requests,
        {usd_cost} * 1000000 / nullIf(sum(r.output_tokens), 0) AS cost_per_million
    FROM {rows:usage} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
    GROUP BY model, upstream
) AS u
LEFT JOIN (
    SELECT r.request_model AS model, r.upstream AS upstream,
        if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.ttft_ms)[1]), NULL) AS ttft_p95,
        if(sum(r.tpot_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.tpot_ms)[1]), NULL) AS tpot_p95
    FROM {latency:priority, route, request_model, upstream_kind, upstream} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
    GROUP BY model, upstream
) AS l ON l.model = u.model AND l.upstream = u.upstream
ORDER BY cost_per_million_output_tokens NULLS LAST, requests DESC, model, upstream
LIMIT 100
