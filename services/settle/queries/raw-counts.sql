-- What a window's raw rows are like, and what the version in place was made from. Per tenant: smaller sets are counted faster.
-- distinct_hashes: a 64-bit hash, so equal to raw_rows only when no event identity occurs twice; the other way round it is a mere hint.
SELECT
    sum(tenant_rows) AS raw_rows,
    sum(tenant_joinable) AS joinable_rows,
    sum(tenant_hashes) AS distinct_hashes,
    max(tenant_values) AS most_label_values,
    (SELECT count() FROM {database}.engine_samples_raw WHERE window_start = {window:DateTime('UTC')}) AS samples,
    (SELECT count() FROM {database}.engine_samples_raw
     WHERE window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 15 MINUTE AND {window:DateTime('UTC')}) AS samples_read,
    (SELECT count() FROM {database}.gpu_samples_raw WHERE window_start = {window:DateTime('UTC')}) AS gpu_samples_read,
    (SELECT max(settle_version) FROM {database}.settled_windows WHERE window_start = {window:DateTime('UTC')}) AS last_version
FROM (
    SELECT
        tenant_id,
        count() AS tenant_rows,
        countIf(NOT is_sole_row) AS tenant_joinable,
        uniqExact(cityHash64(source, request_id, attempt_key)) AS tenant_hashes,
        greatest({label_counts}) AS tenant_values
    FROM {database}.attempts_raw
    WHERE window_start = {window:DateTime('UTC')}
    GROUP BY tenant_id
)
