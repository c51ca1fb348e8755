-- Who called, from where and with which prompt: what security_sums is made of.
ALTER TABLE {database}.joined_attempts {on_cluster}
    ADD COLUMN IF NOT EXISTS api_key_id String,
    ADD COLUMN IF NOT EXISTS auth_result LowCardinality(String),
    ADD COLUMN IF NOT EXISTS client_ip_prefix LowCardinality(String),
    ADD COLUMN IF NOT EXISTS prompt_hash String,
    ADD COLUMN IF NOT EXISTS guardrail LowCardinality(String);
