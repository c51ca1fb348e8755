-- Requests that another model answered than was asked for.
SELECT r.request_model AS asked, r.response_model AS answered, r.upstream AS upstream, sum(r.requests) AS requests,
    sum(r.successful_requests) AS successful_requests
FROM {rows:usage} AS r
WHERE r.response_model != '' AND r.response_model != r.request_model AND {only:tenant_id r.tenant_id} AND {only:route r.route}
    AND {only:model r.request_model}
GROUP BY asked, answered, upstream
ORDER BY requests DESC, asked, answered, upstream
LIMIT 100
