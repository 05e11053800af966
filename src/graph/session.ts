// Choice of the backend by the user.
import type { Backend } from "../backend/backend.ts";
import { currentPlanner, swapPlanner } from "./engine.ts";
import { Planner } from "./plan.ts";

/** The backend in use. */
export function getBackend(): Backend {
  return currentPlanner().backend;
}

/** Runs all later work on a backend; `fuse: false` gives every op a kernel of its own. */
export function setBackend(backend: Backend, options?: { fuse?: boolean }): void {
  swapPlanner(new Planner(backend, options));
}

/** Runs `body` (synchronous) on a backend and goes back to the one before. */
export function withBackend<T>(backend: Backend, body: () => T, options?: { fuse?: boolean }): T {
  const before = swapPlanner(new Planner(backend, options));
  try {
    return body();
  } finally {
    swapPlanner(before);
  }
}
