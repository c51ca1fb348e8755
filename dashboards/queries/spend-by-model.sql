-- List price in time by the model that answered, else the one asked for.
SELECT {bucket} AS time, if(r.response_model = '', r.request_model, r.response_model) AS series, {usd_cost} AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
