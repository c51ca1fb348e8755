-- In place of a table: its live rows; of the ledger each message once ({final}).
DROP TABLE IF EXISTS {database}.{table} {on_cluster};
CREATE VIEW {database}.{table} {on_cluster} AS SELECT * FROM {live}.{table} {final};
