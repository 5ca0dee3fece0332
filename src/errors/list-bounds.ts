/**
 * How many rows the lists of the schema have that are no whole connection's page: of one that takes `first`, where that is
 * absent; of another one, at most. What an operation costs is worked out from the same figures.
 */
export const LIST_BOUNDS = {
  /** The subscriptions of each customer of a list. */
  customerSubscriptions: 10,
  /** The relationships of each customer of a list: the caller's own, its provider's, and one more. */
  customerRelationships: 3,
  /** What keeps a relationship from being removed, for each customer of a list. */
  removalBlockers: 3,
  /** The same in a refusal; no `first` changes it. */
  blockersOfRefusal: 10,
  /** A partner's indirect providers. */
  indirectProviders: 10,
  /** What was bought at one time and may be given back. */
  refundableBatches: 5,
  /** The secrets of an API key or webhook endpoint that work at a time: two while a rotation overlaps. */
  liveSecrets: 2,
  /** The partners that an invitation binds a customer to: the inviting one, and its indirect provider. */
  sellers: 2,
  /** What is wrong with a mutation's input, as a rule. */
  userErrors: 1,
} as const;

/** How many rows of a list are counted; a count of one more says that there are more. */
export const MAX_COUNT = 10_000;

/** The first rows of a list, and how many it has. */
export interface BoundedList<Row> {
  rows: Row[];
  /** MAX_COUNT + 1 where there are more than MAX_COUNT. */
  count: number;
}
