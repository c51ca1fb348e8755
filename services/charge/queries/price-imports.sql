-- The versions of the price book, newest first.
SELECT version, kind, imported_at, imported_by, reason, source, valid_from, valid_to, rows, content_sha256
FROM {database}.price_imports
ORDER BY version DESC
