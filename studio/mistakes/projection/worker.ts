// The script of a thread that does one projection and shows it on the way.
import { project } from "./plane.ts";
import type { FromThread, ProjectionAsk } from "./protocol.ts";

/** Shortest time between two pictures of the points, ms. */
const showEvery = 80;

const send = postMessage as (message: FromThread, transfer: Transferable[]) => void;

addEventListener("message", ({ data }) => {
  let shown = -showEvery;
  try {
    for (const state of project(data as ProjectionAsk)) {
      if (performance.now() - shown < showEvery && state.done < state.total) continue;
      shown = performance.now();
      send(state, [state.points.buffer]);
    }
  } catch (error) {
    send({ failure: error instanceof Error ? error.message : String(error) }, []);
  }
});
