CREATE OR REPLACE VIEW {database}.conflicts_current {on_cluster} AS
SELECT * FROM {database}.conflicts
WHERE (window_start, settle_version) IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start);
