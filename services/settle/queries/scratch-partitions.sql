-- Partitions of scratch tables (one for each hour of versions) that end before {last:UInt64}.
SELECT DISTINCT table, partition
FROM system.parts
WHERE database = {name:String} AND table IN {tables:Array(String)} AND active AND toUInt64(partition) < {last:UInt64}
