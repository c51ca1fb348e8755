(SELECT request_hash FROM {database}.shared_requests WHERE window_start = {window:DateTime('UTC')} AND settle_version = {version:UInt64})
