-- The rows of security_per_hour per day (UTC): made of hours, and made anew when one of them changes.
CREATE TABLE IF NOT EXISTS {database}.security_per_day {on_cluster}
(
    day_start DateTime('UTC'),
    day_version UInt64,
    tenant_id LowCardinality(String) COMMENT 'unauthenticated: callers whom a gateway refused before it knew them',
    route LowCardinality(String),
    api_key_id String COMMENT 'identity of the key, as its gateway tells it',
    client_ip_prefix LowCardinality(String),
    requests UInt64,
    attempts UInt64,
    answered_attempts UInt64 COMMENT 'ended well',
    rejected_attempts UInt64 COMMENT 'refused by the gateway, for whatever reason',
    rate_limited_attempts UInt64 COMMENT 'of those, for their rate, budget or load',
    auth_failures UInt64 COMMENT 'of those, for who called',
    auth_failures_by_result Map(String, UInt64) COMMENT 'by auth_result; unknown: not told',
    refused_model_attempts UInt64 COMMENT 'a known caller asked for a model that it may not use or that is not there',
    blocked_by_policy UInt64 COMMENT 'a guardrail or content policy stopped it',
    guardrail_hits UInt64 COMMENT 'a guardrail intervened or the attempt was blocked',
    input_tokens UInt64,
    cached_input_tokens UInt64,
    output_tokens UInt64,
    sized_attempts UInt64 COMMENT 'tell the bytes of their request',
    ln_request_bytes_sum UInt64 COMMENT 'thousandths of ln of those bytes',
    ln_request_bytes_squares UInt64 COMMENT 'their squares',
    ratio_attempts UInt64 COMMENT 'answered, with tokens of input and output',
    ln_output_ratio_sum Int64 COMMENT 'thousandths of ln of output tokens by input tokens',
    ln_output_ratio_squares UInt64 COMMENT 'their squares',
    prompted_attempts UInt64 COMMENT 'answered, with a hash of their prompt',
    prompts AggregateFunction(uniqCombined64(12), String) COMMENT 'different ones of those hashes',
    models AggregateFunction(uniqCombined64(12), String) COMMENT 'different models asked for',
    refused_models AggregateFunction(uniqCombined64(12), String) COMMENT 'different models of refused_model_attempts'
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day_start)
ORDER BY (day_start, tenant_id, route, day_version);
