-- Joined, so that a condition on window_start bounds the versions that are looked at too (an IN reads those of all history).
CREATE OR REPLACE VIEW {database}.security_per_minute_current {on_cluster} AS
SELECT t.* FROM {database}.security_per_minute AS t
INNER JOIN (
    SELECT window_start, settle_version FROM {database}.settled_windows ORDER BY window_start, settle_version DESC LIMIT 1 BY window_start
) AS present USING (window_start, settle_version);
