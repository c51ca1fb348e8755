-- Ratios of upstreams' health. Their expressions hold for a row as for sums of rows, so whoever sums reads them from here
-- ({ratios:provider}).
CREATE OR REPLACE VIEW {database}.provider_ratios {on_cluster} AS
SELECT
    t.*,
    successful_attempts / nullIf(attempts, 0) AS success_ratio,
    rate_limited / nullIf(attempts, 0) AS rate_limited_ratio,
    timeouts / nullIf(attempts, 0) AS timeout_ratio
FROM {database}.provider_per_minute_current AS t;
