-- bucketed: a tenant with more than {max_label_values:UInt32} values of a label keeps the names of those with most requests (of equal ones the
-- first by name); the rest is summed under 'overflow', tokens and cost in full. Other tenants keep every name.
bucketed AS (
    SELECT * REPLACE ({labels})
    FROM priced
)
