-- Share of input tokens that were read from the provider's cache, by model.
SELECT {bucket} AS time, r.request_model AS series, {ratio:usage.cached_input_ratio} AS value
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY time, series
HAVING value IS NOT NULL
ORDER BY time, series
LIMIT 20000
