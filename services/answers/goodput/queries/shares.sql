-- Share of streamed answers whose first token and whose time a token are within the limits, to the nearest hundredth, read off merged
-- quantiles. Parameters: from, to, ttft_ms, tpot_ms, levels, is_all, tenants.
SELECT
    toString(l.tenant_id) AS tenant_id,
    toString(l.upstream_kind) AS upstream_kind,
    toString(l.upstream) AS upstream,
    toFloat64(sum(l.ttft_count)) AS ttft_count,
    toFloat64(sum(l.tpot_count)) AS tpot_count,
    arrayCount(ms -> ms <= {ttft_ms:Float64}, quantilesBFloat16Merge({levels})(l.ttft_ms)) / 100 AS ttft_share,
    arrayCount(ms -> ms <= {tpot_ms:Float64}, quantilesBFloat16Merge({levels})(l.tpot_ms)) / 100 AS tpot_share
FROM {rows} AS l
WHERE l.window_start >= {from:DateTime('UTC')} AND l.window_start < {to:DateTime('UTC')}
    AND ({is_all:Bool} OR l.tenant_id IN {tenants:Array(String)}) AND l.upstream != ''
GROUP BY ALL
HAVING ttft_count > 0
ORDER BY tenant_id, upstream_kind, upstream
LIMIT 100000
