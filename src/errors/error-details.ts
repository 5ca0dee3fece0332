/** A subscription that keeps a relationship from being removed. */
export interface RemovalBlocker {
  subscriptionId: string;
  offerName: string;
  quantity: number;
}

/**
 * What an error tells besides its message, by the kind of its details: each code has one kind, or none. All of it is public. Those of
 * refusals that are data are types of the schema under the same names.
 */
export interface DetailsByKind {
  /** What keeps a relationship from being removed. */
  RemovalBlockersDetails: {
    /** Subscriptions that are still active, at most LIST_BOUNDS.blockersOfRefusal. */
    blockers: RemovalBlocker[];
    /** How many there are, MAX_COUNT + 1 at most. */
    blockerCount: number;
  };
  /** The caller had an older version of the row. */
  StaleVersionDetails: { currentVersion: number };
  /** A number is outside its bounds. */
  RangeDetails: { minimum?: number; maximum?: number };
  /** A field breaks a rule: its bounds, or the values that it may have, where the rule is one of these. */
  FieldRuleDetails: { minimum?: number; maximum?: number; allowed?: string[] };
  /** The values that would have been accepted. */
  AllowedValuesDetails: { allowed: string[] };
  /** Until when it was possible; absent where it never was. */
  AllowedUntilDetails: { allowedUntil?: string };
  /** What is there already; absent where the caller may not see it. */
  ExistingObjectDetails: { existingId?: string };
  /** From where events can be read. */
  EventCursorDetails: {
    /** Behind it come all events that are still kept. */
    oldestCursor?: string;
    /** The cursor of the newest event, behind which comes what is yet to happen. */
    newestCursor?: string;
  };
  /** The permissions that the caller lacks. */
  MissingPermissionsDetails: { permissions: string[] };
  /** The permission that was asked for, and the roles any one of which is sufficient. */
  ForbiddenDetails: { permission?: string; roles?: string[] };
  /** When to try again. */
  RetryDetails: { retryAfterSeconds: number };
  /** A limit that was exceeded, named as in docs/limits.md, and when to try again where that helps. */
  LimitDetails: { limit?: string; maximum?: number; found?: number; retryAfterSeconds?: number };
  /** The cursor of the last event that a listener was sent. */
  ListenerDetails: { cursor?: string };
}

/** The kinds of details. */
export type DetailsKind = keyof DetailsByKind;

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** Details of which it is not known what kind they are: each fact may be there. */
export type AnyDetails = Partial<Intersection<DetailsByKind[DetailsKind]>>;
