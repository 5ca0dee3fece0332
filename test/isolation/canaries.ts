/** Text that only some organizations may read, found again wherever it comes out. */
export interface Canary {
  text: string;
  /** Which sort of text it is, for the message of a test that fails. */
  place: string;
  owner: string;
  readers: ReadonlySet<string>;
}

const MARK = /zq\d{5}x/gi;
const PHONE = /120660\d{5}/g;
const DOMAIN = /customer-[0-9a-f]{10}\.example/g;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** The marks of a fixture world: every text that is seeded bears one, and each knows its readers. */
export class Marks {
  private readonly known = new Map<string, Canary>();
  private next = 10_000;

  /** A new mark for a text of an owner, with those besides it who may read that text. */
  make(owner: string, place: string, readers: readonly string[] = []): string {
    return this.keep(`zq${this.next++}x`, owner, place, readers);
  }

  /** A phone number that is nobody else's. */
  makePhone(owner: string, place: string): string {
    return `+${this.keep(`120660${this.next++}`, owner, place, [])}`;
  }

  /** Takes a text that bears no mark, such as a tenant id, as one itself. */
  keep(text: string, owner: string, place: string, readers: readonly string[]): string {
    this.known.set(text.toLowerCase(), { text, place, owner, readers: new Set([owner, ...readers]) });
    return text;
  }

  /** A text of the same shape that nobody ever wrote. */
  static twin(text: string): string {
    return text.replace(MARK, (canary) => `zq9${canary.slice(3, 6)}${canary.slice(6)}`);
  }

  /** The marks in a text that an organization may not read. */
  leaksIn(text: string, reader: string): Canary[] {
    const digits = text.includes("206") ? text.replace(/(?<=\d)[ ()-]+(?=\d)/g, "") : "";
    const found = [text.match(MARK), digits.match(PHONE), text.match(UUID), text.match(DOMAIN)].flatMap(
      (list) => list ?? [],
    );
    return [...new Set(found.map((one) => one.toLowerCase()))]
      .map((one) => this.known.get(one))
      .filter((canary) => canary !== undefined && !canary.readers.has(reader)) as Canary[];
  }

  /** The marks that an owner's texts bear and a reader may not read. */
  hiddenFrom(reader: string): Canary[] {
    return [...this.known.values()].filter((canary) => !canary.readers.has(reader));
  }

  /** The marks of an owner's own texts. */
  ownedBy(owner: string): Canary[] {
    return [...this.known.values()].filter((canary) => canary.owner === owner);
  }
}
