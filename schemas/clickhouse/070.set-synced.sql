-- What came since 067.set-synced.sql is on the disk before a version or a message hangs on it, too.
ALTER TABLE {database}.security_per_minute {on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE {database}.security_per_hour {on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE {database}.security_per_day {on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE {database}.alert_silences {on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE {database}.alert_acknowledgements {on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
