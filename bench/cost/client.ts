import { Agent, request } from "undici";

/** What one request was answered. */
export interface CostAnswer {
  status: number;
  body: {
    data?: Record<string, Record<string, unknown> | null> | null;
    errors?: { message: string; extensions: { code: string } }[];
    extensions?: { cost?: { requested: number } };
  };
}

const CONNECTIONS = 16;

/** Sends requests over some connections, as one caller. */
export class CostClient {
  private readonly agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });

  constructor(
    private readonly url: string,
    private readonly token: string | undefined,
  ) {}

  /** Sends one operation. */
  async ask(query: string, variables: object = {}): Promise<CostAnswer> {
    const { statusCode, body } = await request(`${this.url}/graphql`, {
      method: "POST",
      dispatcher: this.agent,
      headers: {
        "content-type": "application/json",
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: statusCode, body: (await body.json()) as CostAnswer["body"] };
  }

  /**
   * Sends a mutation that must succeed, and gives its payload.
   * @throws Error it has errors; the message has the answer
   */
  async succeed(query: string, variables: object): Promise<Record<string, unknown>> {
    const { body } = await this.ask(query, variables);
    const [payload] = Object.values(body.data ?? {});
    if (body.errors || !payload || (payload.userErrors as unknown[]).length > 0)
      throw new Error(`${query}: ${JSON.stringify(body).slice(0, 1_000)}`);
    return payload;
  }

  /** Closes the connections. */
  close(): Promise<void> {
    return this.agent.close();
  }
}
