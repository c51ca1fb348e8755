-- In place of a table: its live rows; of the ledger each message once ({final}).
DROP TABLE IF EXISTS {database}.{table};
CREATE VIEW {database}.{table} AS SELECT * FROM {live}.{table} {final};
