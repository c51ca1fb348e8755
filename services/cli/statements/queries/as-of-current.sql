-- A view of settled minutes: pinned versions of the live table, and what was settled here for the others.
DROP VIEW IF EXISTS {database}.{table}_current {on_cluster};
CREATE VIEW {database}.{table}_current {on_cluster} AS
SELECT * FROM {live}.{table} WHERE (window_start, settle_version) IN (SELECT window_start, settle_version FROM {database}.pinned_windows)
UNION ALL
SELECT * FROM {database}.{table}
WHERE (window_start, settle_version) IN (SELECT window_start, max(settle_version) FROM {database}.settled_windows GROUP BY window_start);
