-- The newest block of raw rows there is. Statements of a pass read rows up to it, so that all of them see the same rows while others come.
-- 0: the table is empty, or a view whose rows do not change.
SELECT max(max_block_number) AS last_block
FROM system.parts
WHERE database = {name:String} AND table = 'attempts_raw' AND active
