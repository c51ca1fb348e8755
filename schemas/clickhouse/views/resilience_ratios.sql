-- Ratios of resilience. Their expressions hold for a row as for sums of rows, so whoever sums reads them from here ({ratios:resilience}).
-- Requests with more than one attempt were recovered by a retry, by a fallback, or failed after all.
CREATE OR REPLACE VIEW {database}.resilience_ratios {on_cluster} AS
SELECT
    t.*,
    attempts_reported / nullIf(requests, 0) AS amplification,
    recovered_by_retry / nullIf(retried_requests, 0) AS recovered_by_retry_ratio,
    recovered_by_fallback / nullIf(retried_requests, 0) AS recovered_by_fallback_ratio,
    added_latency_ms / nullIf(added_latency_requests, 0) AS added_latency_mean_ms
FROM {database}.resilience_per_minute_current AS t;
