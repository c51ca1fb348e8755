AND _block_number <= {last_block:UInt64}
