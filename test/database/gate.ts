/** A point that a test lets others pass when it wants to. */
export interface Gate {
  /** Resolves when the gate is open. */
  readonly passed: Promise<void>;
  open(): void;
}

/** Makes a closed gate. */
export function makeGate(): Gate {
  let open = () => undefined as void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}
