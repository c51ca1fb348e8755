-- All counted attempts of some requests, joined as settling does. Parameters: from, to (s, of rows), hashes, and the values of the filters.
WITH
{joining}
SELECT
    hex(request_identity) AS request_identity,
    toUnixTimestamp64Milli(request_started_at) AS request_started_ms,
    toUnixTimestamp(request_window) AS window,
    toString(cityHash64(r.tenant_id, r.source, r.request_id, r.attempt_key)) AS row,
    toBool(1 {filters}) AS is_match,
    row_number() OVER (PARTITION BY request_identity, request_started_at ORDER BY {final_order}) AS place,
    {shown}
FROM claimed AS r
WHERE identity_no = 1 AND NOT is_other_decoding
ORDER BY request_started_at, request_identity, started_at, attempt_no, place
