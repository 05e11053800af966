// Opens an address in the browser of the desktop, where there is one.
import { spawn } from "node:child_process";

/** Does nothing where there is no desktop, and never fails: the address was printed as well. */
export function openInBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): void {
  const opener = openerOf(env, platform);
  if (opener === null) return;
  const [program, ...args] = opener;
  const child = spawn(program!, [...args, url], { stdio: "ignore", detached: true });
  child.once("error", () => {});
  child.unref();
}

/** The program that opens addresses, with its arguments; null without a desktop. */
export function openerOf(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): readonly string[] | null {
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : null;
}
