// What the page Model asks of the server.
import type {
  MemoryAnswer,
  NetworkAnswer,
  NetworkChoice,
  ZooEntry,
} from "../../src/studio/shared/networks.ts";
import { ask, pathOf } from "../ask.ts";

export function loadZoo(): Promise<readonly ZooEntry[]> {
  return ask("GET", "/api/networks");
}

export function loadNetworkOf(run: string): Promise<NetworkAnswer> {
  return ask("GET", `/api/networks/run/${pathOf(run)}`);
}

export function loadNetwork(choice: NetworkChoice): Promise<NetworkAnswer> {
  return ask("GET", `/api/networks/zoo/${partsOf(choice)}`);
}

export function loadMemory(choice: NetworkChoice, batch: number): Promise<MemoryAnswer> {
  return ask("GET", `/api/networks/memory/${partsOf(choice)}/${batch}`);
}

function partsOf({ model, input, classes }: NetworkChoice): string {
  return [model, ...input, classes].map((part) => encodeURIComponent(part)).join("/");
}
