// The script of a worker thread in a browser.
import { joinTeam } from "./worker.ts";

joinTeam({
  onMessage: (handler) => globalThis.addEventListener("message", (event) => handler(event.data)),
  onExit: () => {},
});
