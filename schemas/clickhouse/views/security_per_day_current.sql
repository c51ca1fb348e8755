CREATE OR REPLACE VIEW {database}.security_per_day_current {on_cluster} AS
SELECT * FROM {database}.security_per_day
WHERE (day_start, day_version) IN (SELECT day_start, max(day_version) FROM {database}.settled_days GROUP BY day_start);
