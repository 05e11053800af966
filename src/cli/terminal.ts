// What the commands know of the terminal they write to: its width, whether it shows colours, and numbers as text.

/** A place to write text to. */
export interface Terminal {
  /** True where lines can be rewritten; false in pipes, files and CI. */
  readonly isLive: boolean;
  /** True where colours may be used. */
  readonly hasColour: boolean;
  /** Characters in a line. */
  readonly columns: number;
  /** True where box-drawing characters can be shown. */
  readonly hasUnicode: boolean;
  write(text: string): void;
}

/** What is asked of an output stream. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The terminal behind a stream. NO_COLOR (no-color.org), CI and TERM=dumb are respected. */
export function terminalOf(
  stream: Stream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal {
  const isTerminal = stream.isTTY === true;
  const isDumb = env.TERM === "dumb";
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    isLive: isTerminal && !isDumb && !env.CI,
    hasColour: isTerminal && !isDumb && !env.NO_COLOR,
    hasUnicode: /utf-?8/i.test(locale),
    get columns() {
      return isTerminal ? (stream.columns ?? 80) : 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Text in a style, where the terminal has colours. */
export function style(terminal: Terminal, name: keyof typeof codes, text: string): string {
  return terminal.hasColour ? `\x1b[${codes[name]}m${text}\x1b[0m` : text;
}

/** Text of a stranger's file with its control characters spelled out, so that it can't steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** A share as "98.5%". */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** A whole number with commas. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A number of bytes as "29.5 MB": powers of ten, as download pages give them. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Seconds as "0:42" or "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
