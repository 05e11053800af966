// The events of a run as the studio's page needs them: fewer numbers, and none that JSON has no word for.
import type { AttendedEvent } from "../doctor/index.ts";
import type { RunEvent } from "../studio/shared/protocol.ts";
import type { VitalsEvent } from "../train/events.ts";

/** What an event comes to; with the first rate of the schedule at present, and the steps of an epoch. */
export function runEventOf(event: AttendedEvent, firstRate: number, stepsPerEpoch: number): RunEvent[] {
  switch (event.type) {
    case "start": {
      const { classes, from, epochs, trainSamples, valSamples, parameters, optimizer, chanceLoss } = event;
      return [
        {
          type: "start",
          epochs,
          stepsPerEpoch,
          trainSamples,
          valSamples,
          parameters,
          classes: classes.length,
          optimizer,
          chanceLoss,
          from: from.epoch * stepsPerEpoch + from.step,
        },
      ];
    }
    case "step": {
      const { type, epoch, step, steps, accuracy, lr, samplesPerSecond } = event;
      const [loss, secondsLeft] = [finite(event.loss), finite(event.secondsLeft)];
      return [{ type, epoch, step, steps, loss, accuracy, lr, firstRate, samplesPerSecond, secondsLeft }];
    }
    case "vitals":
      return [vitalsOf(event, (event.epoch - 1) * stepsPerEpoch + event.step)];
    case "epoch": {
      const { type, epoch, trainAccuracy, lr, seconds, val } = event;
      const [trainLoss, valLoss] = [finite(event.trainLoss), finite(val.loss)];
      const { top1, top5 } = val;
      return [{ type, epoch, trainLoss, trainAccuracy, valLoss, top1, top5, lr, seconds }];
    }
    case "finding":
      return [event];
    case "heal": {
      const { type, remedy, progress } = event;
      return [{ type, remedy, epoch: progress.epoch, rate: progress.firstRate }];
    }
    case "interrupted":
      return [{ type: "status", status: "interrupted", message: null }];
    case "end":
      return [{ type: "status", status: "ended", message: null }];
  }
}

/** How the layers fared at a step over all epochs: those of weights, as biases are few numbers. */
function vitalsOf({ parameters, activations }: VitalsEvent, at: number): RunEvent {
  const layers = parameters
    .filter(({ shape }) => shape.length >= 2)
    .map(({ name, gradient, weight, update }) => ({
      name,
      gradient: gradient === null ? null : finite(gradient),
      ratio: weight > 0 ? finite(update / weight) : null,
    }));
  return { type: "vitals", at, layers, activations };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
