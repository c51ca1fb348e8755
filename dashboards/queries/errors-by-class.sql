-- Why requests failed, by the class of their last error.
SELECT pair.1 AS label, sum(pair.2) AS value
FROM {latency:} AS r
ARRAY JOIN CAST(r.errors_by_class, 'Array(Tuple(String, UInt64))') AS pair
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY label
ORDER BY value DESC, label
LIMIT 50
