-- One version of the billing terms ({version:UInt32}; 0: the newest). Of two imports that took the same number the first stays.
SELECT version, source, content, content_sha256
FROM {database}.billing_terms
WHERE {version:UInt32} = 0 OR billing_terms.version = {version:UInt32}
ORDER BY billing_terms.version DESC, imported_at, content_sha256
LIMIT 1
