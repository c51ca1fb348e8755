-- Months (YYYYMM) of tables that are older than they are kept: a partition is a month.
SELECT table, toUInt32(partition) AS month, sum(rows) AS rows
FROM system.parts
WHERE database = {database_name:String} AND table IN {tables:Array(String)} AND active
    AND toUInt32OrZero(partition) BETWEEN 1 AND {last_month:UInt32}
GROUP BY table, month
ORDER BY month, table
