// The line between studio and training run, whatever it goes over: the channel to a child process, or a socket from a run that has joined.
import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import type { Hand, RunEvent } from "../shared/protocol.ts";
import { JsonLine } from "./jsonLine.ts";

/** What a training process tells. */
export type FromRun =
  | { readonly kind: "open"; readonly folder: string }
  | { readonly kind: "events"; readonly events: readonly RunEvent[] };

/** What it is told. */
export type ToRun = { readonly kind: "hand"; readonly hand: Hand };

/** How a line ended. */
export interface RunEnd {
  /** Exit code of the process; null where it was killed, or is not known. */
  readonly code: number | null;
  /** The last that it wrote to stderr. */
  readonly said: string;
}

/** The studio's end of a line. */
export interface RunLine {
  readonly isOpen: boolean;
  readonly ended: Promise<RunEnd>;
  send(message: ToRun): void;
  /** Ends a process that does not end itself; of a run that has joined, lets go of it. */
  cut(): void;
}

/** Characters of stderr that are kept. */
const mostSaid = 4000;

/** A line to a process that was started with an IPC channel. */
export function childLine(child: ChildProcess, take: (message: FromRun) => void): RunLine {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-mostSaid);
  });
  child.on("message", (message: FromRun) => take(message));
  return {
    get isOpen() {
      return child.connected;
    },
    ended: new Promise((resolve) => {
      child.once("error", (error) => resolve({ code: null, said: error.message }));
      child.once("close", (code) => resolve({ code, said: said.trim() }));
    }),
    send: (message) => void child.send(message),
    cut: () => void child.kill("SIGKILL"),
  };
}

/** A line to a run that has joined over a socket. */
export function socketLine(socket: Duplex, take: (message: FromRun) => void): RunLine {
  const line = new JsonLine<FromRun, ToRun>(socket, take);
  return {
    get isOpen() {
      return line.isOpen;
    },
    ended: line.closed.then(() => ({ code: null, said: "" })),
    send: (message) => line.send(message),
    cut: () => line.cut(),
  };
}
