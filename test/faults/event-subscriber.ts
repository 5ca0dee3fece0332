import { createHash } from "node:crypto";
import { openSse } from "./sse-line";
import { openWebSocket } from "./websocket-line";

/** By which endpoint a listener comes in. */
export type EventEndpoint = "websocket" | "sse";

/** What a line tells its subscriber. */
export interface LineEvents {
  /** The subscription has been sent. */
  onBegun(): void;
  /** One message's JSON: a GraphQL result, or a frame around one. Only its first bytes may be looked at. */
  onMessage(message: Buffer): void;
  /** The line is gone, whoever ended it. */
  onClosed(): void;
}

/** One connection to a server, with one live operation on it. */
export interface Line {
  /** Breaks it as a lost network does: nothing is said. */
  cut(): void;
  /** Takes nothing more from the network. */
  pause(): void;
  resume(): void;
}

/** What a line asks the server. */
export interface Asked {
  url: string;
  token: string;
  query: string;
  variables: { after: string };
}

/** Whom a subscriber listens for and where it begins. */
export interface Place {
  /** The organization's id: what the stream is known by in the run. */
  stream: string;
  token: string;
  eventEndpoint: EventEndpoint;
  /** The last event that it has: position and cursor. */
  position: number;
  cursor: string;
  /** The live operation; it must begin with the fields of `QUERY`. */
  query?: string;
}

/** What a subscriber has heard by now. */
export interface Heard {
  stream: string;
  eventEndpoint: EventEndpoint;
  position: number;
  cursor: string;
  events: number;
  /** How often it came back. */
  resumed: number;
  /** SHA-256 over all positions and ids that it heard, in its order. */
  digest: string;
  /** What should not have been: gaps, repeats, refusals. */
  problems: string[];
  /** The cursors that it was let go with, because it was too slow. */
  letGo: string[];
}

/** Told of each event that happened while the subscriber was connected: when, and how much later it was heard. */
export type OnLive = (occurredAt: number, delayMs: number) => void;

const QUERY = `subscription ($after: String) { events(after: $after) {
  id position cursor occurredAt ... on CustomerEvent { companyName } } }`;
const HEAD = /"id":"(evt_\w+)","position":(\d+),"cursor":"([\w-]+)","occurredAt":"([^"]+)"/;
/** The facts come after the head, so this much of a message is enough to know the event. */
const HEAD_BYTES = 600;
const MAX_PROBLEMS = 5;

/** A listener that notes what it hears and, whenever its line breaks, comes back with its last cursor. */
export class EventSubscriber {
  readonly heard: Heard;
  /** Whether what it hears counts as live: not for one that stopped reading. */
  isSlow = false;
  /** When it connected again, in milliseconds since 1970. */
  readonly returnedAt: number[] = [];
  private readonly hash = createHash("sha256");
  private line: Line | undefined;
  private subscribedAt = Infinity;
  private isOver = false;
  private comingBack: NodeJS.Timeout | undefined;

  constructor(
    private readonly place: Place,
    /** Any of these serves it; it takes one at random each time. */
    private readonly urls: readonly string[],
    private readonly onLive: OnLive = () => undefined,
  ) {
    const { stream, eventEndpoint, position, cursor } = place;
    this.heard = {
      ...{ stream, eventEndpoint, position, cursor, events: 0, resumed: 0, digest: "" },
      ...{ problems: [], letGo: [] },
    };
  }

  /** Connects, and resumes after the last event that it has. */
  open(): void {
    const url = this.urls[Math.floor(Math.random() * this.urls.length)] ?? "";
    const variables = { after: this.heard.cursor };
    const { token, eventEndpoint, query = QUERY } = this.place;
    const openLine = eventEndpoint === "sse" ? openSse : openWebSocket;
    this.subscribedAt = Infinity;
    const line = openLine(
      { url, token, query, variables },
      {
        onBegun: () => (this.subscribedAt = Date.now()),
        onMessage: (message) => this.take(message),
        onClosed: () => {
          if (this.line === line) this.comeBack();
        },
      },
    );
    this.line = line;
  }

  /** Whether it has told the server what it wants to hear. */
  get isListening(): boolean {
    return this.subscribedAt < Infinity;
  }

  /** Breaks its line; it comes back by itself. */
  cut(): void {
    this.line?.cut();
  }

  pause(): void {
    this.line?.pause();
  }

  resume(): void {
    this.line?.resume();
  }

  /** Ends it for good; what it heard, with the digest. */
  close(): Heard {
    if (!this.isOver) this.heard.digest = this.hash.digest("hex");
    this.isOver = true;
    clearTimeout(this.comingBack);
    this.line?.cut();
    return this.heard;
  }

  private comeBack(): void {
    if (this.isOver) return;
    this.subscribedAt = Infinity;
    this.heard.resumed++;
    const comeBack = () => {
      this.returnedAt.push(Date.now());
      this.open();
    };
    this.comingBack = setTimeout(comeBack, 50 + Math.random() * 250);
  }

  private take(message: Buffer): void {
    const found = HEAD.exec(message.toString("latin1", 0, HEAD_BYTES));
    if (!found) return this.takeOther(message.toString());
    const [, id = "", at = "", cursor = "", occurredAt = ""] = found;
    const position = Number(at);
    const { heard } = this;
    if (position !== heard.position + 1)
      this.problem(
        `heard event ${position} after event ${heard.position}, having come back ${heard.resumed} times`,
      );
    heard.position = position;
    heard.cursor = cursor;
    heard.events++;
    this.hash.update(`${position} ${id}\n`);
    const happened = Date.parse(occurredAt);
    if (happened >= this.subscribedAt && !this.isSlow) this.onLive(happened, Date.now() - happened);
  }

  /** The operation's end or errors. A server that goes away or is busy is come back to; anything else is a problem. */
  private takeOther(text: string): void {
    const hasErrors = /"errors":\s*\[/.test(text);
    const slow = hasErrors && /"code":"SLOW_CONSUMER".*?"cursor":"([\w-]+)"/.exec(text);
    if (slow) {
      this.heard.letGo.push(slow[1] ?? "");
      if (slow[1] !== this.heard.cursor)
        this.problem(`let go with ${slow[1]}, though its last event was ${this.heard.cursor}`);
    } else if (hasErrors && !text.includes('"kind":"UNAVAILABLE"')) this.problem(text.slice(0, 500));
    if (hasErrors || text.includes('"type":"complete"')) this.line?.cut();
  }

  private problem(text: string): void {
    if (this.heard.problems.length < MAX_PROBLEMS) this.heard.problems.push(text);
  }
}
