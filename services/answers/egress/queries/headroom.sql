-- What is left of providers' limits by the headers that lines carry in `extra`: x-ratelimit-remaining-requests (OpenAI and those like it),
-- anthropic-ratelimit-requests-remaining, with - or _. Parameters: from, to, is_all, tenants.
WITH told AS (
    SELECT
        provider, region, started_at,
        [('requests',
            toUInt64OrNull(extract(extra, '(?i)ratelimit[-_](?:remaining[-_]requests|requests[-_]remaining)"\\s*:\\s*"?(\\d+)')),
            toUInt64OrZero(extract(extra, '(?i)ratelimit[-_](?:limit[-_]requests|requests[-_]limit)"\\s*:\\s*"?(\\d+)'))),
        ('tokens',
            toUInt64OrNull(extract(extra, '(?i)ratelimit[-_](?:remaining[-_]tokens|tokens[-_]remaining)"\\s*:\\s*"?(\\d+)')),
            toUInt64OrZero(extract(extra, '(?i)ratelimit[-_](?:limit[-_]tokens|tokens[-_]limit)"\\s*:\\s*"?(\\d+)')))] AS limits
    FROM {database}.attempts_raw
    WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
        AND upstream_kind = 'provider' AND extra ILIKE '%ratelimit%remaining%'
        AND ({is_all:Bool} OR tenant_id IN {tenants:Array(String)})
)
SELECT
    t.provider AS provider,
    t.region AS region,
    one.1 AS kind,
    min(assumeNotNull(one.2)) AS least,
    argMax(assumeNotNull(one.2), t.started_at) AS latest,
    max(one.3) AS limit
FROM told AS t
ARRAY JOIN limits AS one
WHERE one.2 IS NOT NULL
GROUP BY t.provider, t.region, kind
ORDER BY provider, region, kind
LIMIT 10000
