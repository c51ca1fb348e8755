-- The most values that a tenant has of a label in a window, and whether some attempt has a reported cost. Parameter: version.
SELECT max(greatest({label_counts})) AS most_label_values, max(has_reported_cost) AS has_reported_cost
FROM (
    SELECT max(toUInt8(is_compared)) AS has_reported_cost, {label_values}
    FROM {database}.attempt_sums
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start, tenant_id
)
