-- Statements that are closed, the latest months first.
SELECT s.tenant_id AS tenant_id, s.month AS month, s.currency AS currency, toFloat64(s.payable) AS payable,
    length(s.corrected) AS corrected_statements, s.requests AS requests,
    toDateTime(intDiv(s.closed_at_ms, 1000), 'UTC') AS closed_at, s.statement_id AS statement_id
FROM {database}.statements AS s
WHERE s.closed_at_ms < toInt64(toUnixTimestamp({to})) * 1000 AND {only:tenant_id s.tenant_id}
ORDER BY s.month DESC, s.tenant_id, s.statement_id, s.version
LIMIT 1 BY s.statement_id
LIMIT 100
