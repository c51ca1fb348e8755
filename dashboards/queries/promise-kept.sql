-- Share of requests that were answered well; null where there were none.
SELECT {ratio:usage.success_ratio} AS value, sum(r.requests) AS requests, sum(r.successful_requests) AS successful_requests
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
