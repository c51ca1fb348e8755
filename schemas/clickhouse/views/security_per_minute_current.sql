CREATE OR REPLACE VIEW {database}.security_per_minute_current {on_cluster} AS
SELECT * FROM {database}.security_per_minute
WHERE (window_start, settle_version) IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start);
