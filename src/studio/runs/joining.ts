// Runs that were started elsewhere and find the studio of their project: they open a line to it, and are followed as its own are.
import type { Upgrade } from "../server/server.ts";
import type { Board } from "./board.ts";
import { LiveRun } from "./liveRun.ts";
import { socketLine } from "./runLine.ts";

/** What the line speaks, and where it is asked for. */
export const joinProtocol = "fovea-run";
export const joinPath = ["api", "join"];

/** Takes runs in; `show` is told of each. */
export function joining(board: Board, show: (id: string) => void): Upgrade {
  const take = async (run: LiveRun): Promise<void> => {
    const folder = await run.opened;
    if (folder === null) return;
    if (!board.holds(folder)) {
      await run.stop(0);
      return;
    }
    const id = board.idOf(folder);
    // One that goes on from a checkpoint has a past in its folder.
    show(await board.follow(run, folder, await board.earlier(id)));
  };
  return {
    path: joinPath,
    protocol: joinProtocol,
    answer: (socket) => {
      const run = new LiveRun((listen) => socketLine(socket, listen), { isGuest: true });
      void take(run).catch(() => run.stop(0));
    },
  };
}
