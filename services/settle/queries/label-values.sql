-- The most values that a tenant has of a label in a window. Parameter: version.
SELECT max(greatest({label_counts})) AS most_label_values
FROM (
    SELECT {label_values}
    FROM {database}.attempt_sums
    WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
    GROUP BY window_start, tenant_id
)
