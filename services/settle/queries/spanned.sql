-- Windows around this one with rows of its requests, and how many. Wider than {neighbours}: of the windows that this one must read
-- (30 minutes before it to 15 after) and those that read this one (15 minutes before it to 30 after).
SELECT toUnixTimestamp(window_start) AS start, count() AS rows
FROM {database}.attempts_raw
WHERE NOT is_sole_row AND window_start != {window:DateTime('UTC')}
    AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 30 MINUTE
    AND request_hash IN (SELECT request_hash FROM {database}.attempts_raw WHERE window_start = {window:DateTime('UTC')} AND NOT is_sole_row)
GROUP BY window_start
