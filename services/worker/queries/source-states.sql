-- Every source that was ever parked, as it is now.
SELECT p.source AS source, argMax(p.is_parked, p.changed_at) AS is_parked, max(p.changed_at) AS changed_at,
    argMax(p.reason, p.changed_at) AS reason
FROM {database}.parked_sources AS p
GROUP BY source
ORDER BY source
