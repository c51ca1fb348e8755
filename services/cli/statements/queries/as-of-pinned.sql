-- A view of settled minutes while nothing is settled here: pinned versions of the live table.
CREATE VIEW {database}.{table}_current {on_cluster} AS
SELECT * FROM {live}.{table} WHERE (window_start, settle_version) IN (SELECT window_start, settle_version FROM {database}.pinned_windows)
