-- Versions of the price book that are newer than some pinned minute, and when their prices apply.
SELECT version, min(toUnixTimestamp64Milli(price_imports.valid_from)) AS valid_from,
  if(countIf(price_imports.valid_to IS NULL) > 0, NULL, max(toUnixTimestamp64Milli(price_imports.valid_to))) AS valid_to
FROM {database}.price_imports
WHERE version > (SELECT min(price_version) FROM {database}.pinned_windows WHERE price_version > 0)
GROUP BY version ORDER BY version
