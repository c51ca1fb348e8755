-- Hours of each key that is told by name, the busiest keys of the judged time: lists in the order of their hours. Parameters: rows_of (s;
-- start of the judged time), from, to, is_all, tenants, limit.
SELECT
    tenant_id,
    api_key_id,
    groupArray(h.hour_s) AS starts,
    groupArray(h.tokens) AS tokens,
    groupArray(h.attempts) AS attempts,
    groupArray(h.prefixes) AS prefixes,
    groupArray(h.guardrail_hits) AS guardrail_hits,
    groupArray(h.sized) AS sized,
    groupArray(h.ln_bytes) AS ln_bytes,
    groupArray(h.ratios) AS ratios,
    groupArray(h.ln_ratio) AS ln_ratio,
    groupArray(h.prompted) AS prompted,
    groupArray(h.prompts) AS prompts
FROM (
    SELECT
        s.tenant_id AS tenant_id,
        s.api_key_id AS api_key_id,
        toUnixTimestamp(toStartOfHour(s.window_start)) AS hour_s,
        sum(s.input_tokens - least(s.input_tokens, s.cached_input_tokens) + s.output_tokens) AS tokens,
        sum(s.attempts) AS attempts,
        uniqExactIf(s.client_ip_prefix, s.client_ip_prefix NOT IN ('', 'overflow')) AS prefixes,
        sum(s.guardrail_hits) AS guardrail_hits,
        sum(s.sized_attempts) AS sized,
        if(sized = 0, 0, sum(s.ln_request_bytes_sum) / 1000 / sized) AS ln_bytes,
        sum(s.ratio_attempts) AS ratios,
        if(ratios = 0, 0, sum(s.ln_output_ratio_sum) / 1000 / ratios) AS ln_ratio,
        sum(s.prompted_attempts) AS prompted,
        uniqCombined64Merge(12)(s.prompts) AS prompts
    FROM {rows} AS s
    WHERE s.window_start >= {from:DateTime('UTC')} AND s.window_start < {to:DateTime('UTC')}
        AND ({is_all:Bool} OR s.tenant_id IN {tenants:Array(String)})
        AND s.tenant_id != 'unauthenticated' AND s.api_key_id NOT IN ('', 'overflow')
    GROUP BY tenant_id, api_key_id, hour_s
    ORDER BY hour_s
) AS h
GROUP BY tenant_id, api_key_id
HAVING max(h.hour_s) >= {rows_of:UInt32}
ORDER BY sumIf(h.attempts, h.hour_s >= {rows_of:UInt32}) DESC, tenant_id, api_key_id
LIMIT {limit:UInt32}
