-- Databases of closings that died, by the server's clock, which is the one that dated them.
SELECT database AS name FROM system.tables WHERE startsWith(database, {prefix:String})
GROUP BY database HAVING max(metadata_modification_time) <= now() - {after_s:UInt32}
