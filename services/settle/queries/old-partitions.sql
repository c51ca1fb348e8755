-- Partitions (days as YYYYMMDD, months as YYYYMM) of tables that are older than they are kept.
SELECT table, toUInt32(partition) AS {unit}, sum(rows) AS rows
FROM system.parts
WHERE database = {database_name:String} AND table IN {tables:Array(String)} AND active
    AND toUInt32OrZero(partition) BETWEEN 1 AND {last:UInt32}
GROUP BY table, {unit}
ORDER BY {unit}, table
