-- Adjustments that a closing of the month books: of it and of months before, unless another closed statement has booked them.
SELECT adjustment_id, tenant_id, month, toString(amount) AS amount, currency, reason, corrects_statement, created_by, created_at_ms
FROM {database}.adjustments
WHERE tenant_id IN {tenants:Array(String)} AND month <= {month:String}
    AND adjustment_id NOT IN (
        SELECT adjustment_id FROM {database}.statement_details
        WHERE adjustment_id != '' AND NOT has({own:Array(String)}, statement_id)
            AND (statement_id, version) IN (SELECT statement_id, min(version) FROM {database}.statements GROUP BY statement_id)
    )
ORDER BY tenant_id, adjustment_id
