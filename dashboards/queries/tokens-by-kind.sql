-- Tokens in time by what they cost differently for: parts of input and of output, never one sum.
SELECT time, pair.1 AS series, pair.2 AS value
FROM (
    SELECT {bucket} AS time,
        [('fresh input', toFloat64(sum(r.input_tokens - r.cached_input_tokens - r.cache_write_tokens))),
            ('cache read', toFloat64(sum(r.cached_input_tokens))),
            ('cache write', toFloat64(sum(r.cache_write_tokens))), ('output', toFloat64(sum(r.output_tokens - r.reasoning_tokens))),
            ('reasoning', toFloat64(sum(r.reasoning_tokens)))] AS pairs
    FROM {rows:usage} AS r
    WHERE {only:tenant_id r.tenant_id} AND {only:route r.route} AND {only:model r.request_model}
    GROUP BY time
)
ARRAY JOIN pairs AS pair
ORDER BY time, series
LIMIT 20000
