// A training run's end of the line to a studio: the channel to the process that started it, or a socket to the studio of its project that is open already.
import { request } from "node:http";
import type { Duplex } from "node:stream";
import { joinPath, joinProtocol } from "../studio/runs/joining.ts";
import { JsonLine } from "../studio/runs/jsonLine.ts";
import type { FromRun, ToRun } from "../studio/runs/runLine.ts";
import { type Address, readAddress } from "../studio/server/addressFile.ts";
import { studioAddress } from "./cache.ts";

/** The run's end. */
export interface StudioLine {
  /** Starts to take messages in, which also keeps the process going while the run is paused; `onGone` is called when the studio is no more. */
  listen(onMessage: (message: ToRun) => void, onGone: () => void): void;
  /** Without a studio at the other end, which may have been closed, what is said is lost and the run goes on alone. */
  send(message: FromRun): void;
  /** Listens no more. */
  end(): void;
}

/** The line to the process that started this one. */
export function parentLine(): StudioLine {
  let [onMessage, onGone]: [(message: ToRun) => void, () => void] = [() => {}, () => {}];
  return {
    listen: (...both) => {
      [onMessage, onGone] = both;
      process.on("message", onMessage);
      process.on("disconnect", onGone);
    },
    send: (message) => {
      if (process.connected) process.send!(message, () => {});
    },
    end: () => {
      process.off("message", onMessage);
      process.off("disconnect", onGone);
    },
  };
}

/** A studio that a run has joined. */
export interface JoinedStudio {
  readonly url: string;
  readonly port: number;
  readonly line: StudioLine;
}

/** Joins the studio that is open on a project; null where there is none. */
export async function joinStudio(project: string): Promise<JoinedStudio | null> {
  const address = await readAddress(studioAddress(project));
  const socket = address && (await connect(address));
  if (!socket) return null;
  const { port, token } = address;
  return { url: `http://127.0.0.1:${port}/?token=${token}`, port, line: socketLine(socket) };
}

/** Null where nobody listens there, or somebody else. */
function connect({ port, token }: Address): Promise<Duplex | null> {
  return new Promise((resolve) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path: `/${joinPath.join("/")}`,
      headers: {
        Connection: "Upgrade",
        Upgrade: joinProtocol,
        Cookie: `fovea-studio-${port}=${token}`,
      },
    });
    asked.once("upgrade", (_, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.once("response", (response) => {
      response.destroy();
      resolve(null);
    });
    asked.once("error", () => resolve(null));
    asked.end();
  });
}

function socketLine(socket: Duplex): StudioLine {
  let isOver = false;
  let [onMessage, onGone]: [(message: ToRun) => void, () => void] = [() => {}, () => {}];
  const line = new JsonLine<ToRun, FromRun>(socket, (message) => onMessage(message));
  void line.closed.then(() => {
    if (!isOver) onGone();
  });
  return {
    listen: (...both) => {
      [onMessage, onGone] = both;
    },
    send: (message) => line.send(message),
    end: () => {
      isOver = true;
      line.end();
    },
  };
}
