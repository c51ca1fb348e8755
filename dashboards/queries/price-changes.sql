-- Imports and corrections of the price book, the latest first.
SELECT toString(i.version) AS version, i.kind AS kind, i.imported_at AS imported_at, i.imported_by AS imported_by, i.source AS source,
    i.reason AS reason, i.valid_from AS valid_from, i.rows AS prices
FROM {database}.price_imports AS i
WHERE i.imported_at < {to}
ORDER BY i.version DESC, i.imported_at
LIMIT 1 BY i.version
LIMIT 50
