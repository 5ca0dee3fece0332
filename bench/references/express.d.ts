/** As much of Express as the reference server uses: its types are a package of their own, which nothing else here needs. */
declare module "express" {
  import type { RequestListener } from "node:http";

  interface Application extends RequestListener {
    use(path: string, ...handlers: unknown[]): void;
  }
  const express: { (): Application; json(): unknown };
  export default express;
}
