-- The versions of the price book, newest first. Of two imports that took the same version at once the one whose trail came first is in
-- force.
SELECT version, kind, imported_at, imported_by, reason, source, valid_from, valid_to, rows, content_sha256
FROM {database}.price_imports
ORDER BY version DESC, imported_at, import_id
LIMIT 1 BY version
