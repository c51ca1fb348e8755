-- In place of a table of the price book: its live rows up to the statement's version.
DROP TABLE IF EXISTS {database}.{table};
CREATE VIEW {database}.{table} AS SELECT * FROM {live}.{table} WHERE version <= (SELECT max(price_version) FROM {database}.frozen_versions);
