-- How many requests of the pass have more than one row. Parameters: version, pass.
SELECT count() AS requests
FROM {database}.shared_requests
WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
