-- Requests that were refused or blocked, by tenant and route.
SELECT tenant_id, route, sum(g.requests) AS requests, sumIf(g.requests, error_class = 'auth') AS auth_failures,
  sumIf(g.requests, outcome = 'rejected') AS rejected, sumIf(g.requests, error_class = 'blocked_by_policy') AS blocked_by_policy
FROM {database}.attempt_groups_per_minute AS g
WHERE (window_start, settle_version) IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start)
GROUP BY tenant_id, route HAVING auth_failures + rejected + blocked_by_policy > 0 ORDER BY tenant_id, route
