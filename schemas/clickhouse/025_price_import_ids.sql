-- Tells apart two imports that took the same version at once: the one whose trail came first is in force, the other is not and says so.
ALTER TABLE {database}.prices {on_cluster} ADD COLUMN IF NOT EXISTS import_id String DEFAULT '';
ALTER TABLE {database}.price_imports {on_cluster} ADD COLUMN IF NOT EXISTS import_id String DEFAULT '';
