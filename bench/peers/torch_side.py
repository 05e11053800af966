"""PyTorch's side of the comparison: tries PyTorch's ways of doing each work by turns, and goes on with the fastest.

The protocol is described in bench/serve.ts. Knows nothing of the other sides.
"""

import argparse
import json
import platform
import sys
import time

import torch
from torch_works import ways_of

# Rounds in which the ways of a work are tried by turns.
ROUNDS = 5
# A way that takes so many times as long as the fastest in its first slices is not tried any further.
HOPELESS = 2


def run(way, seconds):
    """Whole steps for about so long, at least one: their number and the time they took."""
    torch.set_num_threads(way.threads)
    with way.guard():
        begin = now = time.perf_counter()
        steps = 0
        while steps == 0 or now - begin < seconds:
            way.step()
            steps += 1
            now = time.perf_counter()
    return steps, now - begin


def seconds_per_step(way, seconds):
    steps, time_taken = run(way, seconds)
    return time_taken / steps


def fastest(ways, warmup):
    """The fastest way on this machine. Ways that cannot run here, such as compiling without a compiler, are left out."""
    best = {}
    for way in ways:
        # Compiling takes seconds, and how many threads pay shows without it.
        if way.is_compiled and best and way.threads != min(best, key=best.get).threads:
            continue
        try:
            way.prepare()
            run(way, warmup / 8)
            best[way] = min(seconds_per_step(way, warmup / 40) for _ in range(3))
        except Exception as error:
            print(f"{way.name}: {error}", file=sys.stderr)
    if not best:
        raise RuntimeError("no way of doing this work runs here")
    limit = HOPELESS * min(best.values())
    best = {way: time_taken for way, time_taken in best.items() if time_taken <= limit}
    for _ in range(ROUNDS if len(best) > 1 else 0):
        for way in best:
            # The best of all: disturbances only ever slow a way down.
            best[way] = min(best[way], seconds_per_step(way, warmup / 20))
    return min(best, key=best.get)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=float, default=2.0)
    args = parser.parse_args()
    way = None
    per_step = 0

    def answer(line):
        nonlocal way, per_step
        if "open" in line:
            work = line["open"]
            way = None
            torch.manual_seed(0)
            torch.compiler.reset()
            way = fastest(ways_of(work, args.data, args.threads), args.warmup)
            per_step = work["perStep"]
            run(way, args.warmup)
            return {
                "name": "torch",
                "version": torch.__version__,
                "mode": way.name,
                "threads": way.threads,
                "runtime": f"Python {platform.python_version()}",
            }
        if way is None:
            raise RuntimeError("nothing is open")
        steps, seconds = run(way, line["go"])
        return {"count": steps * per_step, "seconds": seconds, "check": way.check()}

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
