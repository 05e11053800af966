// The frame of a page that needs nothing else: no script, no request, pictures inside. Knows no content and no look.
import { escaped } from "./markup.ts";

/** A page: `title` is text, `style` a style sheet, `header` and `main` are HTML. */
export interface OfflineDocument {
  readonly title: string;
  readonly style: string;
  readonly header: string;
  readonly main: string;
}

/** The page as one document, whose policy refuses scripts and requests even where something slips in. */
export function offlineDocument({ title, style, header, main }: OfflineDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
</body>
</html>
`;
}
