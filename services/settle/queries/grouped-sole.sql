-- grouped: every attempt that counts for this window, with what is known of its whole request (r_…). These rows are their request.
grouped AS (
    SELECT
        {attempt_columns}, upstream, reached,
        started_at AS r_started_at, true AS is_final, outcome AS r_outcome, toUInt64(1) AS r_rows, toUInt64(reached) AS r_reached,
        toUInt64(ifNull(attempts_reported, 0)) AS r_reported, upstream AS r_first_upstream, upstream AS r_final_upstream,
        is_fallback AS r_is_fallback, fallback_from AS r_fallback_from, error_class AS r_first_error, toUInt64(0) AS r_input_tokens
    FROM kept
),
