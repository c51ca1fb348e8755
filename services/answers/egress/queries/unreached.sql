-- Why providers could not be reached, by what gateways wrote of it. Parameters: from, to, is_all, tenants.
SELECT
    r.provider AS provider,
    r.region AS region,
    multiIf(
        match(lower(r.error_detail), 'dns|resolv|enotfound|eai_again|getaddrinfo|name or service|no such host'), 'dns',
        match(lower(r.error_detail), 'tls|ssl|certificate|x509'), 'tls',
        match(lower(r.error_detail), 'refused|unreachable|ehostunreach|enetunreach|connection_failure|connect error|connection_timeout'),
            'refused',
        match(lower(r.error_detail), 'reset|econnreset|broken pipe|epipe|connection_termination|eof|disconnect'), 'reset',
        'not told') AS kind,
    uniqExact(r.tenant_id, r.source, r.request_id, r.attempt_key) AS attempts
FROM {database}.attempts_raw AS r
WHERE r.window_start >= {from:DateTime('UTC')} AND r.window_start < {to:DateTime('UTC')}
    AND r.upstream_kind = 'provider' AND r.error_class = 'connect_or_reset'
    AND ({is_all:Bool} OR r.tenant_id IN {tenants:Array(String)})
GROUP BY r.provider, r.region, kind
ORDER BY provider, region, kind
LIMIT 10000
