OR (NOT is_sole_row
    AND window_start BETWEEN {window:DateTime('UTC')} - INTERVAL 30 MINUTE AND {window:DateTime('UTC')} + INTERVAL 15 MINUTE
    AND request_hash IN (SELECT request_hash FROM {database}.attempts_raw WHERE window_start = {window:DateTime('UTC')} AND NOT is_sole_row))
