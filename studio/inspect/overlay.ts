// The map of an explanation as it is laid over the input.
import { signal } from "@preact/signals";
import type { Explanation } from "../compute/protocol.ts";

export const explanation = signal<Explanation | null>(null);
/** 0 … 1. */
export const opacity = signal(0.6);
