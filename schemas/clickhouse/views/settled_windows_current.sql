CREATE OR REPLACE VIEW {database}.settled_windows_current {on_cluster} AS
SELECT * FROM {database}.settled_windows ORDER BY window_start, settle_version DESC LIMIT 1 BY window_start;
