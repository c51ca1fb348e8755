-- Whoever has settled charges in a span.
SELECT DISTINCT tenant_id
FROM {database}.charges_per_minute_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
ORDER BY tenant_id
