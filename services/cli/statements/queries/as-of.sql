-- What takes the place of tables in a database beside, in order. {database} is it, {live} the live one. Run twice: before and after it has tables of its own.
CREATE TABLE IF NOT EXISTS {database}.frozen_positions (log_epoch LowCardinality(String), topic LowCardinality(String), partition UInt32, next_offset UInt64)
ENGINE = MergeTree ORDER BY (log_epoch, topic, partition);
CREATE TABLE IF NOT EXISTS {database}.frozen_versions (price_version UInt32) ENGINE = MergeTree ORDER BY tuple();
CREATE TABLE IF NOT EXISTS {database}.pinned_windows
(
    window_start DateTime('UTC'), settle_version UInt64, price_version UInt32, raw_rows UInt64, input_rows UInt64, samples_read UInt64, gpu_samples_read UInt64
)
ENGINE = MergeTree ORDER BY window_start;
CREATE TABLE IF NOT EXISTS {database}.price_reach (window_start DateTime('UTC'), price_version UInt32) ENGINE = MergeTree ORDER BY window_start;

DROP TABLE IF EXISTS {database}.attempts_raw;
CREATE VIEW {database}.attempts_raw AS
SELECT a.*, a.request_hash AS request_hash, a.body_hash AS body_hash FROM {live}.attempts_raw AS a
INNER JOIN {database}.frozen_positions AS p ON p.log_epoch = a.log_epoch AND p.topic = a.topic AND p.partition = a.partition
WHERE a.offset < p.next_offset;

DROP TABLE IF EXISTS {database}.engine_samples_raw;
CREATE VIEW {database}.engine_samples_raw AS
SELECT a.* FROM {live}.engine_samples_raw AS a
INNER JOIN {database}.frozen_positions AS p ON p.log_epoch = a.log_epoch AND p.topic = a.topic AND p.partition = a.partition
WHERE a.offset < p.next_offset;

DROP TABLE IF EXISTS {database}.gpu_samples_raw;
CREATE VIEW {database}.gpu_samples_raw AS
SELECT a.* FROM {live}.gpu_samples_raw AS a
INNER JOIN {database}.frozen_positions AS p ON p.log_epoch = a.log_epoch AND p.topic = a.topic AND p.partition = a.partition
WHERE a.offset < p.next_offset;

DROP TABLE IF EXISTS {database}.messages_read;
CREATE VIEW {database}.messages_read AS SELECT * FROM {live}.messages_read FINAL;

DROP TABLE IF EXISTS {database}.prices;
CREATE VIEW {database}.prices AS SELECT * FROM {live}.prices WHERE version <= (SELECT max(price_version) FROM {database}.frozen_versions);
DROP TABLE IF EXISTS {database}.price_imports;
CREATE VIEW {database}.price_imports AS SELECT * FROM {live}.price_imports WHERE version <= (SELECT max(price_version) FROM {database}.frozen_versions);
DROP TABLE IF EXISTS {database}.billing_terms;
CREATE VIEW {database}.billing_terms AS SELECT * FROM {live}.billing_terms;
DROP TABLE IF EXISTS {database}.statements;
CREATE VIEW {database}.statements AS SELECT * FROM {live}.statements;
DROP TABLE IF EXISTS {database}.statement_lines;
CREATE VIEW {database}.statement_lines AS SELECT * FROM {live}.statement_lines;
DROP TABLE IF EXISTS {database}.statement_details;
CREATE VIEW {database}.statement_details AS SELECT * FROM {live}.statement_details;
DROP TABLE IF EXISTS {database}.adjustments;
CREATE VIEW {database}.adjustments AS SELECT * FROM {live}.adjustments;
