import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type FileRecord, recordsOf } from "./offer-file";
import { type NewOffer, offerOf } from "./offer-record";
import { keyOf, OFFERS_AT_A_TIME, type SavedOffers, saveOffers } from "./save-offers";

/** A record of the file that was left out. */
export interface RefusedRecord {
  /** The line of the file on which the record starts, counted from 1. */
  line: number;
  /** The record's id, where it has one that can be read. */
  catalogId?: string;
  /** Each names a field, or a place in the file, and the rule that it breaks. */
  problems: string[];
}

/** What an import did. */
export interface ImportReport extends SavedOffers {
  refused: RefusedRecord[];
}

/** What a catalogue file says. */
export interface ReadOffers {
  offers: NewOffer[];
  refused: RefusedRecord[];
}

/**
 * Brings the catalogue to what a file of the publisher's offers says (`{ "items": [offer, …] }` or `[offer, …]`).
 * Records that break a rule are reported and left out; offers that the file does not name stay as they are. Safe to
 * repeat, also after a failure half-way: each hundred offers are committed on their own, and what is the same already
 * is not written.
 * @throws FIELD_INVALID the file as a whole is not JSON, or holds no list of offers; nothing was written
 */
export async function importOffers(ctx: UseCaseContext, text: string): Promise<ImportReport> {
  const { offers, refused } = readOffers(text);
  const report: ImportReport = { added: 0, updated: 0, unchanged: 0, refused };
  for (let start = 0; start < offers.length; start += OFFERS_AT_A_TIME) {
    const some = offers.slice(start, start + OFFERS_AT_A_TIME);
    const saved = await ctx.transaction((tx) => saveOffers(tx, some));
    report.added += saved.added;
    report.updated += saved.updated;
    report.unchanged += saved.unchanged;
  }
  return report;
}

/**
 * The half of an import that needs no database: the offers of a file, each publisher's id and country once, and the
 * records that cannot be one.
 * @throws FIELD_INVALID the file as a whole is not JSON, or holds no list of offers
 */
export function readOffers(text: string): ReadOffers {
  const offers: NewOffer[] = [];
  const refused: RefusedRecord[] = [];
  const firstLines = new Map<string, number>();
  for (const record of recordsOf(text)) {
    const { line } = record;
    const read = readRecord(record);
    if ("problems" in read) {
      refused.push({ line, ...read });
      continue;
    }
    const { offer } = read;
    const firstLine = firstLines.get(keyOf(offer));
    if (firstLine === undefined) {
      firstLines.set(keyOf(offer), line);
      offers.push(offer);
    } else {
      const problem = `id must occur once for each country: the record on line ${firstLine} has the same id and country.`;
      refused.push({ line, catalogId: offer.catalogId, problems: [problem] });
    }
  }
  return { offers, refused };
}

function readRecord(record: FileRecord): ReturnType<typeof offerOf> {
  return "value" in record ? offerOf(record.value) : { problems: [record.problem] };
}
