-- Attempts with what is known of their whole request (r_…), joined over its rows. A request is answered if any attempt gave the answer, and
-- its final attempt is the answering one that ended last: some gateways stamp a fallback's success with the start of the whole request.
SELECT
        window_start, {attempt_columns}, upstream, is_reached,
        last_value(outcome) OVER whole AS r_outcome, row_number() OVER in_order = count() OVER whole AS is_final,
        count() OVER whole AS r_rows, toUInt64(sum(is_reached) OVER whole) AS r_reached,
        toUInt64(ifNull(max(attempts_reported) OVER whole, 0)) AS r_reported,
        first_value(upstream) OVER whole AS r_first_upstream, last_value(upstream) OVER whole AS r_final_upstream,
        last_value(is_fallback) OVER whole AS r_is_fallback, last_value(fallback_from) OVER whole AS r_fallback_from,
        first_value(error_class) OVER whole AS r_first_error, max(input_tokens) OVER whole AS r_input_tokens,
        toUnixTimestamp64Milli(started_at) - toUnixTimestamp64Milli(min(started_at) OVER whole) AS waited_ms
    FROM (
        SELECT
            window_start, {attempt_columns}, {facts},
            outcome = 'ok' AS is_answer,
            if(outcome = 'ok', ifNull(ended_at, started_at + toIntervalMillisecond(toInt64(least(ifNull(duration_ms, 0), 1e9)))),
                toDateTime64(0, 3, 'UTC'))
                AS answered_at,
            request_identity, request_started_at, log_epoch, topic, partition, offset, line_no, row_no
        FROM {database}.joined_attempts
        WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64} AND claim_no = 1)
    WINDOW
        in_order AS (PARTITION BY request_identity, request_started_at
            ORDER BY is_answer, answered_at, attempt_no, started_at, ended_at, log_epoch, topic, partition, offset, line_no, row_no),
        whole AS (PARTITION BY request_identity, request_started_at
            ORDER BY is_answer, answered_at, attempt_no, started_at, ended_at, log_epoch, topic, partition, offset, line_no, row_no
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
