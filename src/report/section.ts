// A part of a page with a heading.

/** Title and content are HTML. */
export function section(title: string, content: string): string {
  return `<section class="card"><h2>${title}</h2>\n${content}\n</section>`;
}
