// The script of a worker thread in Node.
import { parentPort } from "node:worker_threads";
import { joinTeam } from "./worker.ts";

joinTeam({
  onMessage: (handler) => parentPort?.on("message", handler),
  onExit: (handler) => process.on("exit", handler),
});
