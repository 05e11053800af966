// Messages of the server as they come: they keep the page's state the same as the server's.
import { batch } from "@preact/signals";
import type { ServerMessage } from "../src/studio/shared/protocol.ts";
import { addEvents, refreshChanged, reloadAll } from "./runs/runStore.ts";
import { isConnected, labelNews, preferences, project, runs } from "./state.ts";

/** Time until a line that the browser has given up is tried again, ms. */
const retry = 2000;

/** Listens from now on, whatever happens to the line. */
export function listen(): void {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => {
    isConnected.value = true;
  });
  source.addEventListener("error", () => {
    isConnected.value = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, retry);
  });
  source.addEventListener("message", ({ data, lastEventId }) => {
    const message = JSON.parse(data as string) as ServerMessage;
    batch(() => take(message, Number(lastEventId.split("-")[1])));
  });
}

function take(message: ServerMessage, number: number): void {
  switch (message.type) {
    case "state":
      project.value = message.state.project;
      runs.value = message.state.runs;
      preferences.value = message.state.preferences;
      reloadAll();
      break;
    case "runs":
      runs.value = message.runs;
      refreshChanged(message.runs);
      break;
    case "preferences":
      preferences.value = message.preferences;
      break;
    case "labels":
      labelNews.value = message;
      break;
    case "run":
      addEvents(message.id, message.events, number);
      break;
  }
}
