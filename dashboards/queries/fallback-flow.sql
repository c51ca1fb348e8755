-- Where requests went: from the upstream first asked, by the outcome or the one that gave the answer.
SELECT source, target, sum(requests) AS value
FROM (
    SELECT concat('route ', r.route) AS source, r.from_upstream AS target, toInt64(sum(r.requests)) AS requests
    FROM {rows:resilience} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
    GROUP BY source, target
    UNION ALL
    SELECT r.from_upstream AS source,
        multiIf(r.from_upstream != r.to_upstream, concat('fallback to ', r.to_upstream), 'same upstream') AS target,
        toInt64(sum(r.requests)) AS requests
    FROM {rows:resilience} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
    GROUP BY source, target
    UNION ALL
    SELECT multiIf(r.from_upstream != r.to_upstream, concat('fallback to ', r.to_upstream), 'same upstream') AS source, pair.1 AS target,
        sum(pair.2) AS requests
    FROM {rows:resilience} AS r
    ARRAY JOIN [('failed', toInt64(r.failed_after_all + r.failed_at_once)),
        ('answered', toInt64(r.requests) - toInt64(r.failed_after_all + r.failed_at_once))] AS pair
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route}
    GROUP BY source, target
)
GROUP BY source, target
HAVING value > 0
ORDER BY value DESC, source, target
LIMIT 100
