-- In place of a table: its live rows up to the positions. {computed}: columns that `*` leaves out.
DROP TABLE IF EXISTS {database}.{table} {on_cluster};
CREATE VIEW {database}.{table} {on_cluster} AS
SELECT a.* {computed} FROM {live}.{table} AS a
INNER JOIN {database}.frozen_positions AS p ON p.log_epoch = a.log_epoch AND p.topic = a.topic AND p.partition = a.partition
WHERE a.offset < p.next_offset;
