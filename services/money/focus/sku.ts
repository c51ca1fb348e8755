/** SKU columns: what is sold (SkuId), as what it is measured (SkuMeter), at which price point (SkuPriceId). */
import type { StatementDetail } from '../statements/statement.ts'
import { jsonCell, textCell } from './cells.ts'
import type { FocusRow } from './columns.ts'
import type { FocusMeter } from './meters.ts'

/**
 * SkuId is `upstream/model:meter`, the same at every price. SkuPriceId adds what decides the list price: key in the price book, tier,
 * context threshold, region and version of the price. Null for credits and adjustments, which sell nothing.
 */
export function skuColumns(detail: StatementDetail, meter: FocusMeter): Partial<FocusRow> {
  if (detail.charge_category !== 'Usage' && detail.charge_category !== 'Purchase') {
    return { SkuId: null, SkuMeter: null, SkuPriceDetails: null, SkuPriceId: null }
  }
  const place = [detail.upstream, detail.model].filter(Boolean).join('/') || meter.service
  const id = `${place}:${detail.meter}`
  const isMetered = meter.service === 'Model Inference'
  const tier = detail.service_tier || 'standard'
  const context = detail.min_input_tokens > 0 ? `from-${detail.min_input_tokens}` : 'base'
  const point = [detail.price_key || 'unpriced', tier, context, detail.region || 'any', `v${detail.price_version}`]
  return {
    SkuId: textCell(id),
    SkuMeter: meter.name,
    SkuPriceDetails: isMetered ? jsonCell({ x_TokenKind: detail.meter, x_ServiceTier: tier, x_ContextTier: context }) : null,
    SkuPriceId: textCell(isMetered ? [id, ...point].join(':') : id),
  }
}
