-- grouped: every attempt that counts for this window, with what is known of its whole request (r_…), joined over its rows.
grouped AS (
    SELECT
        {attempt_columns}, upstream, reached,
        min(started_at) OVER whole AS r_started_at, row_number() OVER in_order = count() OVER whole AS is_final, last_value(outcome) OVER whole AS r_outcome,
        count() OVER whole AS r_rows, toUInt64(sum(reached) OVER whole) AS r_reached,
        toUInt64(ifNull(max(attempts_reported) OVER whole, 0)) AS r_reported,
        first_value(upstream) OVER whole AS r_first_upstream, last_value(upstream) OVER whole AS r_final_upstream,
        last_value(is_fallback) OVER whole AS r_is_fallback, last_value(fallback_from) OVER whole AS r_fallback_from,
        first_value(error_class) OVER whole AS r_first_error, max(input_tokens) OVER whole AS r_input_tokens
    FROM kept
    WINDOW
        in_order AS (PARTITION BY request_identity, request_started_at ORDER BY attempt_no, started_at, ended_at, log_epoch, topic, partition, offset, line_no, row_no),
        whole AS (PARTITION BY request_identity, request_started_at ORDER BY attempt_no, started_at, ended_at, log_epoch, topic, partition, offset, line_no, row_no
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
