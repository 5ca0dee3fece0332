import type { Registry } from "prom-client";
import type { Prometheus } from "./prometheus-meter";

/** How often the event loop is looked at, in milliseconds: shorter delays are not seen. */
const EVERY_MS = 20;

/** A process that was stopped for longer is counted as if it had been for so long. */
const MAX_LAG_MS = 60_000;

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Measures how long things wait until the event loop gets to them, as `partnergraph_event_loop_lag_seconds`: what requests
 * would have waited that come in every 20 ms. Node's own figures begin anew with each look at them, and count a second
 * in which nothing was served as one case; these add up for any number of observers. Gives back what ends it.
 */
export function measureLoopLag(prometheus: Prometheus, registry: Registry): () => void {
  const lag = new prometheus.Histogram({
    name: "partnergraph_event_loop_lag_seconds",
    help: "How long work that was due waited for the event loop.",
    buckets: BUCKETS,
    registers: [registry],
  });
  let due = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    due = Math.max(due, now - MAX_LAG_MS);
    for (; due <= now; due += EVERY_MS) lag.observe((now - due) / 1_000);
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}
