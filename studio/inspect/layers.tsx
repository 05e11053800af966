// Every step of the network with its maps, in the network's order.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { StepFacts } from "../compute/models.ts";
import { Filters } from "./filters.tsx";
import { medianTime, mostMaps, opened, showsAll, toggle } from "./look.ts";
import { MapsCanvas, scaleBy } from "./mapsCanvas.tsx";
import { facts } from "./modelChoice.ts";
import { t } from "./texts.ts";

/** The list. */
export function Layers() {
  const place = useRef<HTMLDivElement>(null);
  const room = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      room.value = Math.floor(place.current?.clientWidth ?? 0);
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const steps = facts.value?.steps ?? [];
  const isLarge = !showsAll();
  return (
    <section class="card layers" aria-labelledby="layers-title">
      <div class="row">
        <h3 id="layers-title">{t("layers")}</h3>
        <label>
          {t("colours")}{" "}
          <select
            value={scaleBy.value}
            onChange={({ currentTarget }) => {
              scaleBy.value = currentTarget.value === "map" ? "map" : "step";
            }}
          >
            <option value="step">{t("byStep")}</option>
            <option value="map">{t("byMap")}</option>
          </select>
        </label>
        <Time />
      </div>
      <p class="soft">{t("colourHelp")}</p>
      {isLarge && <p class="soft">{t("manyMaps", { count: mostMaps })}</p>}
      <div ref={place}>
        {room.value > 0 &&
          steps.map((step, i) => (
            <Step key={`${i} ${step.path}`} step={step} place={i} room={room.value} isLarge={isLarge} />
          ))}
      </div>
    </section>
  );
}

function Time() {
  const time = medianTime.value;
  return (
    <span class="soft time" data-median={time ?? undefined}>
      {time === null ? "" : t("medianTime", { time: time.toFixed(1) })}
    </span>
  );
}

interface StepProps {
  readonly step: StepFacts;
  readonly place: number;
  readonly room: number;
  readonly isLarge: boolean;
}

function Step({ step, place, room, isLarge }: StepProps) {
  const limit = useRef<HTMLSpanElement>(null);
  const { path, kind, shape, kernel, from } = step;
  const isOpen = opened.value.has(place);
  const name = nameOf(step);
  const size = shape.join(" × ");
  const sources = from.filter((source) => source !== place - 1);
  return (
    <article class={isOpen ? "step" : "step closed"} aria-label={name}>
      <div class="row">
        {isLarge && (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={t("openMaps", { name })}
            onClick={() => void toggle(place)}
          >
            {isOpen ? "−" : "+"}
          </button>
        )}
        <h4>
          <code>{path}</code> {kind}
        </h4>
        <span class="soft">{size}</span>
        {sources.length > 0 && (
          <span class="soft">{t("worksOn", { names: sources.map(sourceName).join(", ") })}</span>
        )}
        <span class="soft limit" ref={limit} />
      </div>
      {isOpen && (
        <MapsCanvas
          step={place}
          shape={shape}
          room={room}
          label={t("mapsLabel", { name, size })}
          onLimit={(text) => {
            if (limit.current) limit.current.textContent = text;
          }}
        />
      )}
      {kernel && isOpen && (
        <Filters step={place} kernel={kernel} room={room} isColour={from[0] === -1 && kernel[1] === 3} />
      )}
    </article>
  );
}

/** A step's path and kind as text. */
export function nameOf({ path, kind }: StepFacts): string {
  return path === "" ? kind : `${path} ${kind}`;
}

function sourceName(place: number): string {
  const step = facts.value?.steps[place];
  return step ? nameOf(step) : t("theInput");
}
