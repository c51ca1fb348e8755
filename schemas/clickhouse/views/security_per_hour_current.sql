CREATE OR REPLACE VIEW {database}.security_per_hour_current {on_cluster} AS
SELECT * FROM {database}.security_per_hour
WHERE (hour_start, hour_version) IN (SELECT hour_start, max(hour_version) FROM {database}.settled_hours GROUP BY hour_start);
