-- What a month's settled minutes are still needed for: raw rows that they could be settled anew from, and hours that are not made of them.
SELECT
    (SELECT count() FROM system.parts
        WHERE database = {database_name:String} AND table IN {raw_tables:Array(String)} AND active
            AND intDiv(toUInt32OrZero(partition), 100) = {month:UInt32}) AS raw_parts,
    (SELECT count() FROM {database}.stale_hours WHERE toYYYYMM(hour_start) = {month:UInt32}) AS stale_hours
