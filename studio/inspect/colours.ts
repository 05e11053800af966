// The scale of colours that fits the page as it looks now.
import { computed } from "@preact/signals";
import { lookOfPage } from "../theme.ts";
import { endsOf, scaleOf } from "./scale.ts";

export const scaleOfPage = computed(() => scaleOf(lookOfPage.value));
/** The ends of the scale, for what is laid over a picture. */
export const endsOfPage = computed(() => endsOf(lookOfPage.value));
