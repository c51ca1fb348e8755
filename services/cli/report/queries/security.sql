-- Requests that were refused or blocked, by tenant and route, with who asked: the first row of a route is the one refused most.
SELECT tenant_id, route, sum(s.requests) AS requests, sum(s.auth_failures) AS auth_failures, sum(s.rejected_attempts) AS rejected,
  sum(s.blocked_by_policy) AS blocked_by_policy, sumMap(s.auth_failures_by_result) AS auth_failures_by_result,
  sum(s.refused_model_attempts) AS refused_model_attempts, sum(s.guardrail_hits) AS guardrail_hits,
  uniqExactIf(s.api_key_id, s.api_key_id NOT IN ('', 'overflow')) AS api_keys,
  uniqExactIf(s.client_ip_prefix, s.client_ip_prefix NOT IN ('', 'overflow')) AS client_ip_prefixes
FROM {database}.security_per_minute_current AS s
GROUP BY tenant_id, route HAVING auth_failures + rejected + blocked_by_policy + guardrail_hits > 0 ORDER BY tenant_id, route
