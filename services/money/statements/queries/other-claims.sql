-- Claims of others that are neither released nor expired.
SELECT toString(version) AS version, anyIf(claimed_by, NOT is_released) AS claimed_by,
  minIf(claimed_at_ms, NOT is_released) AS claimed_at_ms,
  maxIf(expires_at_ms, NOT is_released) AS expires_at_ms
FROM {database}.statement_claims
WHERE statement_id = {statement_id:String} AND statement_claims.version != {version:UInt64}
GROUP BY statement_claims.version
HAVING max(is_released) = false AND expires_at_ms > {now_ms:Int64}
ORDER BY claimed_at_ms LIMIT 1
