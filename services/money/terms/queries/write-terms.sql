-- imported_at is the server's time: it tells when, and decides between two imports of one moment only.
INSERT INTO {database}.billing_terms (version, kind, imported_at, imported_by, reason, source, content, content_sha256)
SELECT {version:UInt32} AS version, {kind:String} AS kind, now64(3) AS imported_at, {imported_by:String} AS imported_by,
    {reason:String} AS reason, {source:String} AS source, {content:String} AS content, {content_sha256:String} AS content_sha256
