OR request_hash IN (
        SELECT request_hash FROM {database}.attempts_raw
        WHERE window_start IN {windows:Array(DateTime('UTC'))} {seen} AND position_hash IN (
            SELECT position_hash FROM {database}.attempts_raw WHERE window_start IN {windows:Array(DateTime('UTC'))} {seen}
            GROUP BY window_start, position_hash HAVING count() > 1))
