-- What has no price in dollars, and why: nothing of it is in the figures of cost.
SELECT r.tenant_id AS tenant_id, r.request_model AS model, r.upstream AS upstream, sum(r.unpriced_attempts) AS unpriced_attempts,
    sum(r.unpriced_tokens) AS unpriced_tokens, sum(r.missing_usage_attempts) AS missing_usage_attempts,
    sum(r.contradictory_usage_attempts) AS contradictory_usage_attempts, sum(r.unseen_attempts) AS unseen_attempts,
    sumIf(r.attempts, r.currency NOT IN ('USD', '')) AS other_currency_attempts
FROM {rows:usage} AS r
WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
GROUP BY tenant_id, model, upstream
HAVING unpriced_attempts + missing_usage_attempts + contradictory_usage_attempts + unseen_attempts + other_currency_attempts > 0
ORDER BY unpriced_tokens DESC, missing_usage_attempts DESC, tenant_id, model, upstream
LIMIT 200
