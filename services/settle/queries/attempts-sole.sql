-- Attempts that are their request, with what is known of it (r_…): rows whose request has no other.
SELECT
        *,
        outcome AS r_outcome, true AS is_final, toUInt64(1) AS r_rows, toUInt64(is_reached) AS r_reached,
        toUInt64(ifNull(attempts_reported, 0)) AS r_reported, upstream AS r_first_upstream, upstream AS r_final_upstream,
        is_fallback AS r_is_fallback, fallback_from AS r_fallback_from, error_class AS r_first_error, toUInt64(0) AS r_input_tokens,
        toInt64(0) AS waited_ms
    FROM (
        SELECT window_start, {attempt_columns}, {facts}
        FROM {database}.attempts_raw
        WHERE window_start IN {windows:Array(DateTime('UTC'))} {seen} {not_shared})
