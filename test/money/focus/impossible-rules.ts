/**
 * Rules that no file can pass, with what is wrong with them (docs/focus.md). The first two are the sides of an OR, of which closed
 * statements pass one and drafts the other, and the OR itself passes; the others
 * lose their condition. Each of the conditions is checked here by hand instead.
 */
export const impossibleRules: ReadonlyMap<string, string> = new Map([
  ['InvoiceId-C-004-C', 'one side of InvoiceId-C-003-C, reported by itself'],
  ['InvoiceId-C-005-C', 'the other side'],
  ['CapacityReservationStatus-C-003-C', 'focus_validator issue 142: the condition is dropped'],
  ['CapacityReservationStatus-C-004-C', 'focus_validator issue 142: the condition is dropped'],
  ['CommitmentDiscountStatus-C-004-C', 'FOCUS_Spec issue 2394: the condition is the wrong way round'],
  // What is made of those.
  ['CapacityReservationStatus-C-000-C', ''],
  ['CapacityReservationStatus-C-002-C', ''],
  ['CommitmentDiscountStatus-C-000-C', ''],
  ['CommitmentDiscountStatus-C-002-C', ''],
  ['CostAndUsage-D-000-M', ''],
  ['CostAndUsage-D-002-M', ''],
])
