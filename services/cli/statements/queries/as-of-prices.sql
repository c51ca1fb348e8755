-- In place of a table of the price book: its live rows up to the statement's version.
DROP TABLE IF EXISTS {database}.{table} {on_cluster};
CREATE VIEW {database}.{table} {on_cluster} AS
SELECT * FROM {live}.{table} WHERE version <= (SELECT max(price_version) FROM {database}.frozen_versions);
