-- One text for the versions of all minutes of a period: another one for any minute that was settled again, whatever its version is.
SELECT lower(hex(sipHash128(arraySort(groupArray((toUnixTimestamp(window_start), settle_version)))))) AS fingerprint
FROM {database}.settled_windows_current
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
