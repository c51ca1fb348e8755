-- The order of a request's attempts whose last is the final one: the answering attempt that ended last, for some gateways stamp a
-- fallback's success with the start of the whole request. Where nothing tells attempts apart, their places in the log do.
outcome = 'ok',
if(outcome = 'ok', ifNull(ended_at, started_at + toIntervalMillisecond(toInt64(least(ifNull(duration_ms, 0), 1e9)))),
    toDateTime64(0, 3, 'UTC')),
attempt_no, started_at, ended_at, log_epoch, topic, partition, offset, line_no, row_no
