-- Above every version that has rows, in force or not.
SELECT 1 + max(version) AS version
FROM (
    SELECT max(version) AS version FROM {database}.prices
    UNION ALL
    SELECT max(version) AS version FROM {database}.price_imports
)
