-- imported_at is the server's time: it tells when, and decides between two imports of one moment only.
INSERT INTO {database}.billing_terms (version, kind, imported_at, imported_by, reason, source, content, content_sha256)
SELECT {version:UInt32}, {kind:String}, now64(3), {imported_by:String}, {reason:String}, {source:String}, {content:String}, {content_sha256:String}
