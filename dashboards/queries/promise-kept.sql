-- Share of requests that were answered well; null where there were none.
SELECT sum(r.successful_requests) / nullIf(sum(r.requests), 0) AS value, sum(r.requests) AS requests
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
