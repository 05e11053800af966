// A profile as a trace file for chrome://tracing and Perfetto.
import type { Profile } from "./profile.ts";

/** An event of the Trace Event Format; times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/**
 * The last traced step in the Trace Event Format (JSON object form): a complete event for each time that a thread worked on
 * a kernel, a row for each thread.
 */
export function chromeTrace({ spans, threads, backend }: Profile): { traceEvents: TraceEvent[] } {
  const name = (kind: string, tid: number, value: string): TraceEvent => ({
    name: kind,
    ph: "M",
    pid: 1,
    tid,
    args: { name: value },
  });
  return {
    traceEvents: [
      name("process_name", 0, `fovea on ${backend}`),
      ...Array.from({ length: threads }, (_, tid) => name("thread_name", tid, `thread ${tid}`)),
      ...spans.map(
        ({ label, stage, thread, start, end }): TraceEvent => ({
          name: label,
          cat: "kernel",
          ph: "X",
          pid: 1,
          tid: thread,
          ts: start * 1000,
          dur: (end - start) * 1000,
          args: { stage },
        }),
      ),
    ],
  };
}
