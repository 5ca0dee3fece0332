import { type Client, createClient } from "graphql-ws";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";

/** What a listener has heard so far. */
export interface Hearing {
  /** The answers, one an event, as text. */
  heard: string[];
  /** The codes of the errors that ended or answered the subscription. */
  refused: string[];
  stop(): void;
}

/** A socket of one caller, on which it may listen many times over. */
export class EventSubscriber {
  private readonly client: Client;

  constructor(url: string, bearer: string | undefined) {
    this.client = createClient({
      url: `${url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: bearer ? { authorization: `Bearer ${bearer}` } : {},
      // A server that is too busy to look somebody up says to try again.
      retryAttempts: 20,
      retryWait: () => pause(300),
      shouldRetry: (closed) => (closed as { code?: number }).code === 1013,
    });
  }

  /** Subscribes; what comes is written down. */
  listen(query: string, variables: Record<string, unknown>): Hearing {
    const hearing: Hearing = { heard: [], refused: [], stop: () => undefined };
    const refuse = (error: unknown) => {
      const found = Array.isArray(error) ? (error as { extensions?: { code?: string } }[]) : [];
      const codes = found.map((one) => one.extensions?.code ?? "an error without a code");
      hearing.refused.push(...(codes.length > 0 ? codes : ["the socket was closed"]));
    };
    hearing.stop = this.client.subscribe(
      { query, variables },
      {
        next: (answer) => {
          if (answer.errors) refuse(answer.errors);
          if (answer.data) hearing.heard.push(JSON.stringify(answer));
        },
        error: refuse,
        complete: () => undefined,
      },
    );
    return hearing;
  }

  /** Closes the socket. */
  async close(): Promise<void> {
    await this.client.dispose();
  }
}
