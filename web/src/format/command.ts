// The same thing from a shell: the CLI and curl, with the very names that the page shows.

export type Command = { cli: string; curl: string };

/** A word as a POSIX shell reads it back. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function curl(origin: string, method: string, path: string, body?: unknown): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}-H "Authorization: Bearer $GPUAAS_TOKEN"`];
  if (method === 'POST') lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body))}`);
  return [...lines, quote(origin + path)].join(' \\\n    ');
}

/**
 * Splits a command line into words as a shell does: spaces part words, quotes keep them whole, a backslash takes the next
 * character as it is. Nothing is expanded. Undefined where a quote is left open.
 */
export function words(line: string): string[] | undefined {
  const out: string[] = [];
  let word: string | undefined;
  let quoted = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quoted) {
      if (c === quoted) quoted = '';
      else if (c === '\\' && quoted === '"' && '"\\$`'.includes(line[i + 1] ?? ' ')) word = (word ?? '') + line[++i];
      else word = (word ?? '') + c;
    } else if (c === "'" || c === '"') {
      quoted = c;
      word ??= '';
    } else if (c === '\\' && i + 1 < line.length) {
      word = (word ?? '') + line[++i];
    } else if (/\s/.test(c)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quoted) return undefined;
  if (word !== undefined) out.push(word);
  return out;
}
