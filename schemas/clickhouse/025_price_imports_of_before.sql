-- Versions that were imported before there was a trail get their row, so that they stay in force.
INSERT INTO {database}.price_imports (version, kind, imported_at, imported_by, reason, source, valid_from, valid_to, rows)
SELECT version, 'import', fromUnixTimestamp64Milli(toInt64(0), 'UTC'), 'weir', 'imported before versions had a trail', any(source), min(valid_from), if(countIf(valid_to IS NULL) > 0, NULL, max(valid_to)), count()
FROM {database}.prices
WHERE version NOT IN (SELECT version FROM {database}.price_imports)
GROUP BY version;
