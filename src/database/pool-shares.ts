/** Of the connections this part is kept for reads. */
const KEPT_FOR_READS = 0.3;

/** How the connections of a pool are shared (ADR 0037). */
export interface PoolShares {
  /** How many transactions run at once. */
  transactions: number;
  /** How many of these may be of one organization, or wait for one organization's stream. */
  perOrganization: number;
}

/** The shares of a pool of so many connections: of ten, seven and four. */
export function sharesOf(size: number): PoolShares {
  const transactions = Math.max(1, size - Math.ceil(size * KEPT_FOR_READS));
  return { transactions, perOrganization: Math.ceil(transactions / 2) };
}
