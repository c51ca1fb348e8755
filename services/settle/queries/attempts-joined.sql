-- Attempts with what is known of their whole request (r_…), joined over its rows. A request is answered if any attempt gave the answer.
-- One whose final attempt asked another model than its first fell back, whether its gateway says so or not: LiteLLM's records of streams
-- do not.
SELECT
        window_start, {attempt_columns}, upstream, is_reached,
        last_value(outcome) OVER whole AS r_outcome, row_number() OVER in_order = count() OVER whole AS is_final,
        count() OVER whole AS r_rows, toUInt64(sum(is_reached) OVER whole) AS r_reached,
        toUInt64(ifNull(max(attempts_reported) OVER whole, 0)) AS r_reported,
        first_value(upstream) OVER whole AS r_first_upstream, last_value(upstream) OVER whole AS r_final_upstream,
        first_value(request_model) OVER whole AS r_first_model, last_value(request_model) OVER whole AS r_final_model,
        last_value(is_fallback) OVER whole
            OR (r_first_model != r_final_model AND r_first_model != '' AND r_final_model != '') AS r_is_fallback,
        last_value(fallback_from) OVER whole AS r_fallback_from,
        first_value(error_class) OVER whole AS r_first_error, max(input_tokens) OVER whole AS r_input_tokens,
        toUnixTimestamp64Milli(started_at) - toUnixTimestamp64Milli(min(started_at) OVER whole) AS waited_ms
    FROM (
        SELECT
            window_start, {attempt_columns}, {facts},
            request_identity, request_started_at, log_epoch, topic, partition, offset, line_no, row_no
        FROM {database}.joined_attempts
        WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64} AND claim_no = 1)
    WINDOW
        in_order AS (PARTITION BY request_identity, request_started_at ORDER BY {final_order}),
        whole AS (PARTITION BY request_identity, request_started_at
            ORDER BY {final_order}
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
