SELECT toUnixTimestamp(window_start) AS window, toString(settle_version) AS settle_version, requests, attempts
FROM {database}.settled_windows AS settled
WHERE settled.settle_version = {version:UInt64} AND window_start IN {windows:Array(DateTime('UTC'))}
