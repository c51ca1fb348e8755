-- Why requests needed a further attempt: the class of their first error.
SELECT if(r.cause = '', 'none', r.cause) AS label, sum(r.retried_requests) AS value
FROM {rows:resilience} AS r
WHERE r.retried_requests > 0 AND {only:tenant_id r.tenant_id} AND {only:route r.route}
GROUP BY label
ORDER BY value DESC, label
LIMIT 50
