-- Use and unit costs of GPU pools. Their expressions hold for a row as for sums of rows, so whoever sums reads them from here
-- ({ratios:gpu_pool_use}).
CREATE OR REPLACE VIEW {database}.gpu_pool_use_ratios {on_cluster} AS
SELECT
    t.*,
    round(toFloat64(busy_gpu_hours) / nullIf(toFloat64(measured_gpu_hours), 0), 9) AS utilisation_ratio,
    cost * 1000000 / nullIf(input_tokens + output_tokens, 0) AS cost_per_million_tokens,
    busy_cost * 1000000 / nullIf(input_tokens + output_tokens, 0) AS full_use_cost_per_million_tokens,
    compared_cost * 1000000 / nullIf(input_tokens + output_tokens, 0) AS compared_cost_per_million_tokens
FROM {database}.gpu_pool_use_per_hour_current AS t;
