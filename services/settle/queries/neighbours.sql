-- A request's rows lie up to 15 minutes after its first one, and whether a row is a request's first takes the 15 minutes before it, of rows up to
-- 15 minutes before the window.
OR (NOT is_sole_row
    AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 15 MINUTE
    AND request_hash IN {shared_hashes})
