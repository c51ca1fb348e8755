-- Steps that join raw rows into requests, for a WITH clause: `claimed` has each of the rows with its request (request_identity,
-- request_started_at, request_window) and its place among those that repeat it. {rows} chooses rows of attempts_raw, all of the requests
-- concerned; {attempt_columns} are those wanted beside what tells rows apart.
-- base: rows of the requests, in the windows and around them. The same position of the log counts once, whatever it was decoded to: of two
-- decodings that differ the one with the lesser hash counts, for nothing tells which came first.
base AS (
    SELECT
        window_start, source, request_id, attempt_key, log_epoch, topic, partition, offset, line_no, row_no, body_hash, is_sole_row,
        {attempt_columns},
        sipHash128(tenant_id, source, request_id, attempt_key) AS event_identity,
        first_value(body_hash) OVER decodings AS first_body,
        first_value(sipHash128(tenant_id, source, request_id, attempt_key)) OVER decodings AS first_identity
    FROM {database}.attempts_raw
    WHERE {rows}
    WINDOW decodings AS (PARTITION BY log_epoch, topic, partition, offset, line_no, row_no ORDER BY body_hash, attempt_key, window_start
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
-- identified: a sole row is a request of its own, also where another has the same request_id (clients reuse them): only repeats in its own
-- window stand with it.
identified AS (
    SELECT
        *,
        body_hash != first_body OR event_identity != first_identity AS is_other_decoding,
        multiIf(
            body_hash != first_body OR event_identity != first_identity,
            sipHash128('decoded otherwise', log_epoch, topic, partition, offset, line_no, row_no, body_hash, event_identity, window_start),
            is_sole_row, sipHash128('sole', event_identity, window_start),
            sipHash128('joinable', tenant_id, source, request_id)) AS request_identity,
        coalesce(ended_at, started_at + toIntervalMillisecond(toInt64(if(duration_ms > 1e9, 1e9, duration_ms)))) AS known_end
    FROM base
),
-- moments: starts of attempts, and ends of attempts that answered: what starts after the answer was given is another request. An end counts
-- 5 ms early, as ends are often sums of rounded times, but never at or before the start of its own attempt; on the same millisecond it
-- comes before starts. An answer that took longer than the joining distance of 15 minutes divides nothing: a window reads only so far
-- back.
moments AS (
    SELECT *, moment.1 AS at, moment.2 AS is_end
    FROM identified
    ARRAY JOIN if(outcome = 'ok' AND NOT is_sole_row AND known_end <= started_at + INTERVAL 15 MINUTE,
        [(started_at, false), (greatest(assumeNotNull(known_end) - INTERVAL 5 MILLISECOND, started_at + INTERVAL 1 MILLISECOND), true)],
        [(started_at, false)]) AS moment
),
divided AS (
    SELECT * EXCEPT (moment) FROM (
        SELECT *, countIf(is_end) OVER (PARTITION BY request_identity ORDER BY at, is_end DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            AS answers_before
        FROM moments)
    WHERE NOT is_end
),
-- headed: a head is a row with no other of the same identity in the 15 minutes before it, or the first after an answer; a row belongs to
-- the head at most 15 minutes before it or, without one, stands for itself. So every raw row belongs to exactly one request and one
-- window. Linear in the rows of an identity: a gateway may give thousands of requests the same request_id.
headed AS (
    SELECT *, if(is_sole_row OR started_at <= last_head + INTERVAL 15 MINUTE, last_head, started_at) AS request_started_at
    FROM (
        SELECT *, maxIf(started_at, is_head) OVER (PARTITION BY request_identity, answers_before ORDER BY started_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS last_head
        FROM (
            SELECT *, started_at > lagInFrame(started_at) OVER (PARTITION BY request_identity, answers_before ORDER BY started_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) + INTERVAL 15 MINUTE AS is_head
            FROM divided))
),
-- claimed: of the rows of a request that share an event identity the first row identity wins.
claimed AS (
    SELECT
        *,
        toStartOfMinute(request_started_at) AS request_window,
        row_number() OVER claims AS identity_no,
        first_value(body_hash) OVER claims AS winning_body
    FROM headed
    WINDOW claims AS (PARTITION BY event_identity, request_identity, request_started_at
        ORDER BY log_epoch, topic, partition, offset, line_no, row_no, body_hash ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
