-- One file for all columns in parts of up to 256 MB instead of 10: a part of a second's rows and the parts it is merged into would otherwise be over
-- a hundred files each, and to make and merge those costs more than the rows in them.
ALTER TABLE {database}.attempts_raw {on_cluster} MODIFY SETTING min_bytes_for_wide_part = 268435456;
