import { z } from "zod";
import { BillingCycle, BillingType, type Offer } from "../../entities/catalog/offer";
import { isCountryCode } from "../values/country";
import { normalizeCatalogId } from "../values/catalog-id";

/** An offer as a catalogue describes it, before it is a row. */
export type NewOffer = Omit<Offer, "id" | "nameKey" | "createdAt" | "updatedAt" | "version">;

/** The largest number that both an INTEGER column and an Int of GraphQL hold. */
const MAX_QUANTITY = 2_147_483_647;

// Publishers write 9999 months for "until it is cancelled". That is kept as it is: a shorter term would end the
// subscription. 833 years are as long; a term beyond the year 9999 has no end that an instant can tell.
const TERM_UNITS = {
  Day: { letter: "D", longest: 9999 },
  Month: { letter: "M", longest: 9999 },
  Year: { letter: "Y", longest: 833 },
};

// Halves of a character and control characters: a database may refuse them, or give back something else.
const UNSAFE = /\p{Cs}|(?![\t\n\r])\p{Cc}/u;

const CATALOG_ID = "1 to 100 visible ASCII characters, none a space, quotation mark or backslash";
const PREREQUISITES = `must be a list of at most 500 offer ids, each of ${CATALOG_ID}`;
const CYCLES = `must be a list of words out of: ${lowerCase(BillingCycle)}`;

const offerRecord = z
  .object(
    {
      id: catalogId(`must have ${CATALOG_ID}`),
      country: must("be an ISO 3166-1 alpha-2 code in upper case", isCountryCode),
      locale: must("be a language tag of at most 10 characters, such as en-US", (tag) =>
        /^(?=.{2,10}$)[a-z]{2,3}(-[a-z\d]{2,8})*$/i.test(tag),
      ),
      name: must("have 1 to 300 characters on one line", (text) => isLine(text, 300)),
      // Four bytes each at most, and the TEXT column of MySQL holds 65,535 bytes.
      description: must(
        "be text of at most 10000 characters, none a control character",
        (text) => [...text].length <= 10_000 && !UNSAFE.test(text),
      ),
      minimumQuantity: whole(0, MAX_QUANTITY),
      maximumQuantity: whole(0, MAX_QUANTITY),
      term: whole(1, 9999),
      termUnitOfMeasure: z.enum(["Day", "Month", "Year"], { error: "must be Day, Month or Year" }),
      supportedBillingCycles: z.array(wordOf(BillingCycle, CYCLES), { error: CYCLES }),
      billing: wordOf(BillingType, `must be one of: ${lowerCase(BillingType)}`),
      unitType: must("have 1 to 100 characters on one line", (text) => isLine(text, 100)),
      isAddOn: flag(),
      isTrial: flag(),
      isAutoRenewable: flag(),
      isAvailableForPurchase: flag(),
      prerequisiteOffers: z
        .array(catalogId(PREREQUISITES), { error: PREREQUISITES })
        .max(500, { error: PREREQUISITES }),
    },
    { error: "The record must be an object" },
  )
  // A wrong type elsewhere in the record does not hide these; a comparison with a missing number finds nothing.
  .refine(({ minimumQuantity: least, maximumQuantity: most }) => !(least > most), {
    path: ["minimumQuantity"],
    error: "must not be greater than maximumQuantity",
    when: isObject,
  })
  .refine(({ term, termUnitOfMeasure: unit }) => !(term > TERM_UNITS[unit]?.longest), {
    path: ["term"],
    error: `must be at most ${TERM_UNITS.Year.longest} where termUnitOfMeasure is Year`,
    when: isObject,
  });

/** Reads one record of a catalogue in the publisher's shape; what we do not store is passed over. */
export function offerOf(record: unknown): { offer: NewOffer } | { catalogId?: string; problems: string[] } {
  const result = offerRecord.safeParse(record);
  if (result.success) return { offer: newOffer(result.data) };
  // One sentence for a field and rule, however many elements of a list break it.
  const problems = new Set(
    result.error.issues.map(({ path, message }) => [...path.slice(0, 1), `${message}.`].join(" ")),
  );
  const id = offerRecord.shape.id.safeParse((record as { id?: unknown } | null)?.id);
  return { catalogId: id.data, problems: [...problems] };
}

function newOffer(record: z.output<typeof offerRecord>): NewOffer {
  const { id, term, termUnitOfMeasure, billing, supportedBillingCycles, prerequisiteOffers, ...same } =
    record;
  return {
    ...same,
    catalogId: id,
    termDuration: `P${term}${TERM_UNITS[termUnitOfMeasure].letter}`,
    billingType: billing,
    supportedBillingCycles: [...new Set(supportedBillingCycles)],
    prerequisiteCatalogIds: [...new Set(prerequisiteOffers)],
  };
}

function must(rule: string, isRight: (text: string) => boolean) {
  const error = `must ${rule}`;
  return z.string({ error }).trim().refine(isRight, { error });
}

/**
 * ASCII only, so that what is one id in upper case is one id on every database; without the two characters that JSON writes as
 * two, so that 500 of them fit their column of 65,535 bytes.
 */
function catalogId(error: string) {
  return z
    .string({ error })
    .trim()
    .regex(/^[!#-[\]-~]{1,100}$/, { error })
    .transform(normalizeCatalogId);
}

function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function flag() {
  return z.boolean({ error: "must be true or false" });
}

/** A word of one of our lists, which publishers write in lower case. */
function wordOf<Word extends Record<string, string>>(words: Word, error: string) {
  return z.string({ error }).toUpperCase().pipe(z.enum(words, { error }));
}

function lowerCase(words: Record<string, string>): string {
  return Object.values(words).join(", ").toLowerCase();
}

function isLine(text: string, most: number): boolean {
  const length = [...text].length;
  return length >= 1 && length <= most && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}

function isObject({ value }: { value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}
