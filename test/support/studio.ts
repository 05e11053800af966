// A studio on a folder of its own for tests, and raw requests to it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { OptionError } from "../../src/base/errors.ts";
import type { Launcher } from "../../src/studio/runs/routes.ts";
import { Studio, type StudioOptions } from "../../src/studio/studio.ts";

/** A launcher that starts nothing. */
export const noLauncher: Launcher = {
  form: [],
  start: () => {
    throw new OptionError("nothing starts here");
  },
  resume: () => {
    throw new OptionError("nothing starts here");
  },
  findRate: () => {
    throw new OptionError("nothing starts here");
  },
};

/** A temporary folder, removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-studio-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder, given by their paths. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A studio that listens. */
export interface OpenStudio {
  readonly studio: Studio;
  readonly port: number;
  readonly token: string;
  /** The headers of the studio's own page. */
  readonly own: Readonly<Record<string, string>>;
  /** A request with exactly these headers; `path` goes out as it is. */
  readonly ask: (
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ) => Promise<Answer>;
}

export async function openStudio(project: string, options: Partial<StudioOptions> = {}): Promise<OpenStudio> {
  const studio = new Studio({ project, launcher: noLauncher, ...options });
  const port = await studio.listen(0);
  const token = new URL(studio.url).searchParams.get("token")!;
  const own = { Cookie: `fovea-studio-${port}=${token}`, Origin: `http://127.0.0.1:${port}` };
  const ask: OpenStudio["ask"] = (where, { method = "GET", headers = own, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path: where, method, headers, agent: false });
      sent.on("error", reject);
      sent.on("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const bytes = Buffer.concat(parts);
          const { statusCode, headers } = response;
          resolve({ status: statusCode!, headers, text: bytes.toString("utf8"), bytes });
        });
        response.on("error", reject);
      });
      sent.end(body);
    });
  return { studio, port, token, own, ask };
}
