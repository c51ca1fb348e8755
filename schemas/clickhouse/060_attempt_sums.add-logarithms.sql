-- Sums of logarithms, in integers so that their order does not matter: geometric means of requests, and how they spread.
ALTER TABLE {database}.attempt_sums {on_cluster}
    ADD COLUMN IF NOT EXISTS ln_ttft_sum Int64 COMMENT 'thousandths of ln of the first token in ms, of request_ttft_count',
    ADD COLUMN IF NOT EXISTS ln_ttft_squares UInt64 COMMENT 'their squares',
    ADD COLUMN IF NOT EXISTS ln_tpot_sum Int64 COMMENT 'thousandths of ln of ms an output token, of request_tpot_count',
    ADD COLUMN IF NOT EXISTS ln_tpot_squares UInt64 COMMENT 'their squares',
    ADD COLUMN IF NOT EXISTS ln_duration_sum Int64 COMMENT 'thousandths of ln of the duration in ms, of request_duration_count',
    ADD COLUMN IF NOT EXISTS ln_duration_squares UInt64 COMMENT 'their squares',
    ADD COLUMN IF NOT EXISTS ln_output_count UInt64 COMMENT 'answered requests with output tokens',
    ADD COLUMN IF NOT EXISTS ln_output_sum Int64 COMMENT 'thousandths of ln of their output tokens',
    ADD COLUMN IF NOT EXISTS ln_output_squares UInt64 COMMENT 'their squares';
