-- Tenants with charges in past months and no closed statement of them, where somebody closes months at all, since the first one that was
-- closed. Parameters: from, to (s): whole months.
SELECT
    c.tenant_id AS tenant_id, formatDateTime(c.hour_start, '%Y-%m') AS month,
    toFloat64(sum(c.effective_cost)) AS cost, any(c.currency) AS currency
FROM {database}.charges_per_hour_current AS c
WHERE c.hour_start >= {from:DateTime('UTC')} AND c.hour_start < {to:DateTime('UTC')}
    AND (SELECT count() FROM {database}.statements) > 0
    AND formatDateTime(c.hour_start, '%Y-%m') >= (SELECT min(s.month) FROM {database}.statements AS s)
    AND (c.tenant_id, formatDateTime(c.hour_start, '%Y-%m')) NOT IN (SELECT s.tenant_id, toString(s.month) FROM {database}.statements AS s)
GROUP BY tenant_id, month
ORDER BY tenant_id, month
LIMIT 10000
