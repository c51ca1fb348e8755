-- Puts a version in force. imported_at is the server's time: it tells when, and decides nothing.
INSERT INTO {database}.price_imports (version, kind, imported_at, imported_by, reason, source, valid_from, valid_to, rows, content_sha256,
    import_id)
SELECT {version:UInt32} AS version, {kind:String} AS kind, now64(3) AS imported_at, {imported_by:String} AS imported_by,
    {reason:String} AS reason, {source:String} AS source, fromUnixTimestamp64Milli({valid_from:Int64}, 'UTC') AS valid_from,
    if({valid_to:Int64} = 0, NULL, fromUnixTimestamp64Milli({valid_to:Int64}, 'UTC')) AS valid_to,
    {rows:UInt64} AS rows, {content_sha256:String} AS content_sha256, {import_id:String} AS import_id
