// Requests to the server, for every page.

/** Asks for JSON, with a JSON object as body where one is given, until `signal` calls it off. Throws Error with the server's words where it refuses. */
export async function ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(signal && { signal }),
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

/** An id with `/` in it, such as a run's, as parts of an address. */
export function pathOf(id: string): string {
  return id.split("/").map(encodeURIComponent).join("/");
}
