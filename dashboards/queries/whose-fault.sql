-- Upstreams and how their attempts ended: what the provider refused, what took too long, what never reached it.
SELECT r.provider AS provider, sum(r.attempts) AS attempts, {ratio:provider.success_ratio} AS success_ratio,
    {ratio:provider.rate_limited_ratio} AS rate_limited_ratio, {ratio:provider.timeout_ratio} AS timeout_ratio,
    sum(r.connect_failures) / nullIf(sum(r.attempts), 0) AS connect_failure_ratio,
    if(sum(r.ttft_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.ttft_ms)[1]), NULL) AS ttft_p95,
    if(sum(r.duration_count) >= 20, toFloat64(quantilesBFloat16Merge(0.95)(r.duration_ms)[1]), NULL) AS duration_p95
FROM {rows:provider} AS r
WHERE {only:provider r.provider}
GROUP BY provider
ORDER BY success_ratio NULLS LAST, attempts DESC, provider
LIMIT 100
