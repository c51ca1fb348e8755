-- Our cost against the reported one. The expressions hold for a row as for sums of rows of one currency and one reported currency, so
-- whoever sums reads them from here ({ratios:cost_drift}). Only amounts of one currency are compared, and only where we had a price for
-- every attempt.
CREATE OR REPLACE VIEW {database}.cost_drift_ratios {on_cluster} AS
SELECT
    t.*,
    toBool(currency = reported_currency AND unpriced_attempts = 0) AS is_comparable,
    if(is_comparable, list_cost - reported_cost, NULL) AS difference,
    if(is_comparable AND reported_cost != 0, toDecimal128(
        divideDecimal(toDecimal256(list_cost, 18), toDecimal256(if(reported_cost = 0, 1, reported_cost), 18), 18), 18), NULL) AS ratio
FROM {database}.cost_drift_per_minute_current AS t;
