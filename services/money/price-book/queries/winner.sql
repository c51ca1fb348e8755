-- Which import of a version is in force: the one whose trail came first.
SELECT argMin(import_id, (imported_at, import_id)) AS import_id FROM {database}.price_imports WHERE price_imports.version = {version:UInt32}
