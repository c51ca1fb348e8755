-- Tenants with charges in a month and no closed statement of it, where somebody closes months at all. Parameters: month, from, to (s).
SELECT c.tenant_id AS tenant_id, toFloat64(sum(c.effective_cost)) AS cost, any(c.currency) AS currency
FROM {database}.charges_per_hour_current AS c
WHERE c.hour_start >= {from:DateTime('UTC')} AND c.hour_start < {to:DateTime('UTC')}
    AND (SELECT count() FROM {database}.statements) > 0
    AND c.tenant_id NOT IN (SELECT s.tenant_id FROM {database}.statements AS s WHERE s.month = {month:String})
GROUP BY tenant_id
ORDER BY tenant_id
LIMIT 10000
