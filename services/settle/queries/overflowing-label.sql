if((window_start, tenant_id, {label}) IN (
            SELECT window_start, tenant_id, {label} FROM {database}.attempt_sums
            WHERE settle_version = {version:UInt64} AND pass = {pass:UInt64}
            GROUP BY window_start, tenant_id, {label}
            ORDER BY sum(requests) DESC, {label}
            LIMIT {max_label_values:UInt32} BY window_start, tenant_id), {label}, 'overflow')
