-- Puts a version in force. imported_at is the server's time: it tells when, and decides nothing.
INSERT INTO {database}.price_imports (version, kind, imported_at, imported_by, reason, source, valid_from, valid_to, rows, content_sha256, import_id)
SELECT {version:UInt32}, {kind:String}, now64(3), {imported_by:String}, {reason:String}, {source:String},
    fromUnixTimestamp64Milli({valid_from:Int64}, 'UTC'), if({valid_to:Int64} = 0, NULL, fromUnixTimestamp64Milli({valid_to:Int64}, 'UTC')),
    {rows:UInt64}, {content_sha256:String}, {import_id:String}
