CREATE OR REPLACE VIEW {database}.gpu_pool_cost_per_hour_current {on_cluster} AS
SELECT * FROM {database}.gpu_pool_cost_per_hour
WHERE (hour_start, published_version) IN (
    SELECT hour_start, max(published_version) FROM {database}.gpu_pool_cost_per_hour GROUP BY hour_start);
