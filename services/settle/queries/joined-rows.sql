-- Rows of the shared requests of a pass, in its windows and around them.
window_start IN {around:Array(DateTime('UTC'))} {seen} AND request_hash IN (
        SELECT request_hash FROM {database}.shared_requests WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64})
