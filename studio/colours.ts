// Colours of the style sheet for what is drawn on a canvas.

/** Gives a colour by its name in the style sheet, such as `c0`, as a canvas within `element` takes it. */
export function coloursOf(element: HTMLElement): (name: string, opacity?: number) => string {
  const probe = document.createElement("span");
  return (name, opacity = 1) => {
    element.append(probe);
    probe.style.color = `color-mix(in srgb, var(--${name}) ${100 * opacity}%, transparent)`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
