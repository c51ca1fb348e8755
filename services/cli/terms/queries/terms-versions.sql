SELECT version, kind, imported_at, imported_by, reason, source, substring(content_sha256, 1, 12) AS content
FROM {database}.billing_terms
ORDER BY version DESC, imported_at
LIMIT 1 BY version
