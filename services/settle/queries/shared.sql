-- Requests of this window with more than one row in the windows around it. Nearly all requests that could have more have one: those are then settled
-- like rows that stand alone, for a fraction of what a join takes. Wider than {neighbours}: of the windows that this one must read (30 minutes before it to 15
-- after) and those that read this one (15 minutes before it to 30 after).
INSERT INTO {database}.shared_requests
SELECT {window:DateTime('UTC')}, {version:UInt64}, request_hash, row_window, count()
FROM (
    SELECT request_hash, groupArray(window_start) AS row_windows
    FROM {database}.attempts_raw
    WHERE NOT is_sole_row
        AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 30 MINUTE
        AND request_hash IN (SELECT request_hash FROM {database}.attempts_raw WHERE window_start = {window:DateTime('UTC')} AND NOT is_sole_row)
    GROUP BY request_hash
    HAVING count() > 1
)
ARRAY JOIN row_windows AS row_window
GROUP BY request_hash, row_window
