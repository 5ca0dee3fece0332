import { type AddressInfo, createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { setTimeout as pause } from "node:timers/promises";
import { AddressGuard, AddressRefused, type ResolveName } from "../../src/webhooks/address-guard";
import { isPublicAddress } from "../../src/webhooks/public-address.policy";
import { WebhookSender } from "../../src/webhooks/send-webhook";
import { INSIDE_ADDRESSES, NAMES, PUBLIC_ADDRESSES, REFUSED_URLS } from "./address-vectors";

const resolve: ResolveName = async (name) => {
  const found = NAMES[name];
  if (found) return found;
  throw new Error("SERVFAIL");
};

const senders: WebhookSender[] = [];
function senderThrough(guard: AddressGuard, allowInsecure = false): WebhookSender {
  const sleep = (ms: number, signal: AbortSignal) =>
    pause(ms, undefined, { ref: false, signal }).catch(() => undefined);
  const now = () => new Date().toISOString();
  const sender = new WebhookSender({ guard, allowInsecure, now, sleep, timeoutMs: 5_000 });
  senders.push(sender);
  return sender;
}

const send = (sender: WebhookSender, url: string) =>
  sender.send({ url, id: "evt_1", body: "{}", secrets: [] }, new AbortController().signal);

/** What listens inside, where nobody may come: on both loopback addresses, on the port that receivers may have. */
let inside: Server[];
let visits = 0;
beforeAll(async () => {
  inside = ["127.0.0.1", "::1"].map(() => createServer((socket) => (visits++, socket.destroy())));
  await Promise.all(
    inside.map(
      (server, at) =>
        new Promise<void>((resolve) => server.listen(8443, at === 0 ? "127.0.0.1" : "::1", resolve)),
    ),
  );
});
afterAll(async () => {
  await Promise.all(senders.map((sender) => sender.close()));
  for (const server of inside) server.close();
});

describe("a public address", () => {
  it.each(INSIDE_ADDRESSES)("is not %s: %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(PUBLIC_ADDRESSES)("is %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("the guard", () => {
  it("has more than 60 vectors each way to stand", () => {
    expect(INSIDE_ADDRESSES.length).toBeGreaterThanOrEqual(60);
    expect(REFUSED_URLS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(REFUSED_URLS)("refuses to register %j with %s", async (url, code) => {
    const checked = await new AddressGuard({ allowInsecure: false, resolve }).checkUrl(url);
    expect(checked).toMatchObject({ refusal: { code, field: "url" } });
  });

  it.each(REFUSED_URLS)("calls nobody at %j", async (url) => {
    const result = await send(senderThrough(new AddressGuard({ allowInsecure: false, resolve })), url);
    expect(["ADDRESS_NOT_PUBLIC", "NAME_NOT_FOUND"]).toContain(result?.error);
    expect(visits).toBe(0);
  });

  it.each(INSIDE_ADDRESSES.filter(([address]) => address !== ""))(
    "calls nobody by a name that leads to %s: %s",
    async (address) => {
      const guard = new AddressGuard({ allowInsecure: false, resolve: async () => ["1.1.1.1", address] });
      expect(await send(senderThrough(guard), "https://rebound.example:8443/")).toMatchObject({
        error: "ADDRESS_NOT_PUBLIC",
      });
      expect(visits).toBe(0);
    },
  );

  it.each([
    ["https://receiver.example/hooks?x=1", "https://receiver.example/hooks?x=1"],
    ["HTTPS://Receiver.Example:443", "https://receiver.example/"],
    ["https://receiver.example:8443/a b".replace(" ", "%20"), "https://receiver.example:8443/a%20b"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://8.8.8.8/", "https://8.8.8.8/"],
    ["https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"],
  ])("lets %s be registered, as %s", async (url, usual) => {
    const guard = new AddressGuard({ allowInsecure: false, resolve: async () => ["93.184.216.34"] });
    expect(await guard.checkUrl(url)).toEqual({ url: usual });
  });

  it("asks once and connects to what it judged: a name that leads inside the second time reaches nobody", async () => {
    const asked: string[] = [];
    const answers = [["93.184.216.34"], ["127.0.0.1"], ["::1"], ["93.184.216.34", "127.0.0.1"]];
    const guard = new AddressGuard({
      allowInsecure: false,
      resolve: async (name) => (asked.push(name), answers[asked.length - 1] ?? []),
    });
    const url = "https://rebinding.example:8443/";
    expect(await guard.checkUrl(url)).toEqual({ url });
    const sender = senderThrough(guard);
    for (let times = 0; times < 3; times++) {
      expect(await send(sender, url)).toMatchObject({ error: "ADDRESS_NOT_PUBLIC" });
    }
    expect(asked).toHaveLength(4);
    expect(visits).toBe(0);
  });

  it("looks a name up once for a connection", async () => {
    let asked = 0;
    const guard = new AddressGuard({
      allowInsecure: true,
      resolve: async () => (asked++, ["127.0.0.1"]),
    });
    await send(senderThrough(guard, true), "http://once.example:1/");
    expect(asked).toBe(1);
  });

  it("gives up a name server that does not answer", async () => {
    jest.useFakeTimers();
    try {
      const guard = new AddressGuard({ allowInsecure: false, resolve: () => new Promise(() => undefined) });
      const looking = guard.addressesOf("silent.example").catch((error: unknown) => error);
      await jest.advanceTimersByTimeAsync(8_000);
      expect(await looking).toEqual(new AddressRefused("NAME_NOT_FOUND"));
    } finally {
      jest.useRealTimers();
    }
  });

  it("refuses plain http at the connection too, whoever asks for one", async () => {
    const guard = new AddressGuard({ allowInsecure: false, resolve });
    const error = await new Promise((done) =>
      guard.connect({ hostname: "receiver.example", protocol: "http:", port: "80" }, (...[refusal]) =>
        done(refusal),
      ),
    );
    expect(error).toEqual(new AddressRefused("ADDRESS_NOT_PUBLIC"));
  });

  it("asks TLS for the host's own name, whichever address it connects to, and believes nobody else", async () => {
    const names: string[] = [];
    const server = createTlsServer({ SNICallback: (name, done) => (names.push(name), done(null)) });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const guard = new AddressGuard({ allowInsecure: true, resolve: async () => ["127.0.0.1"] });
    const url = `https://receiver.example:${port}/`;
    expect(await send(senderThrough(guard, true), url)).toMatchObject({ error: "TLS_FAILED" });
    expect(names).toEqual(["receiver.example"]);
    server.close();
  });

  it("goes through no proxy that the environment names", async () => {
    let proxied = 0;
    const proxy = createServer((socket) => (proxied++, socket.destroy()));
    await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
    const { port } = proxy.address() as AddressInfo;
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"];
    for (const name of names) process.env[name] = `http://127.0.0.1:${port}`;
    const guard = new AddressGuard({ allowInsecure: true, resolve: async () => ["127.0.0.1"] });
    expect(await send(senderThrough(guard, true), "http://receiver.example:1/")).toMatchObject({
      error: "CONNECTION_FAILED",
    });
    for (const name of names) delete process.env[name];
    proxy.close();
    expect(proxied).toBe(0);
  });

  it("tries the next judged address when the first one does not answer", async () => {
    const server = createServer((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const guard = new AddressGuard({ allowInsecure: true, resolve: async () => ["127.0.0.2", "127.0.0.1"] });
    const result = await send(senderThrough(guard, true), `http://receiver.example:${port}/`);
    expect(result).toMatchObject({ statusCode: 204 });
    server.close();
  });
});
