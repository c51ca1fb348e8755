AND request_hash NOT IN (SELECT request_hash FROM {database}.shared_requests WHERE settle_version = {version:UInt64}
    AND pass = {pass:UInt64})
