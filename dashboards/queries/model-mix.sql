-- Requests in time by the model that answered.
SELECT {bucket} AS time, if(r.response_model = '', r.request_model, r.response_model) AS series, toFloat64(sum(r.requests)) AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
