-- Requests of the windows with more than one row in them or around them. Nearly all requests that could have more have one: those are then
-- settled like rows that stand alone, for a fraction of what a join takes. {candidates}: rows that may have company. {decoded_twice}: those
-- whose position has another row too, whatever it says.
INSERT INTO {database}.shared_requests (settle_version, pass, request_hash, row_window, is_sole_row, rows)
SELECT {version:UInt64} AS settle_version, {pass:UInt64} AS pass, request_hash, row.1 AS row_window, row.2 AS is_sole_row, count() AS rows
FROM (
    SELECT request_hash, groupArray((window_start, is_sole_row)) AS request_rows
    FROM {database}.attempts_raw
    WHERE window_start IN {around:Array(DateTime('UTC'))} AND {candidates} {seen}
        AND request_hash IN (
            SELECT request_hash FROM {database}.attempts_raw WHERE window_start IN {windows:Array(DateTime('UTC'))} AND {candidates} {seen})
    GROUP BY request_hash
    HAVING count() > 1 {decoded_twice}
)
ARRAY JOIN request_rows AS row
GROUP BY request_hash, row_window, is_sole_row
