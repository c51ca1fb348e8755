/** Settings under which every listener takes a free port. */
export const freePorts = {
  WEIR_INGEST_PORT: '0',
  WEIR_API_PORT: '0',
  WEIR_WORKER_METRICS_PORT: '0',
  WEIR_SETTLE_METRICS_PORT: '0',
  WEIR_CHARGE_METRICS_PORT: '0',
  WEIR_ALERT_METRICS_PORT: '0',
} as const
