// A sentence of the API, cut into what the page sets apart: ids (short, copied by a click), permissions and codes, scope
// paths (links), amounts and counts (strong). The sentence itself is the server's; nothing is added to it.

export type Piece = { kind: 'text' | 'id' | 'code' | 'path' | 'strong' | 'time' | 'arrow' | 'role'; text: string };

const PATTERNS: [Piece['kind'], string][] = [
  ['time', String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`],
  ['id', String.raw`\b[a-z]{3}_[0-9a-z]{8,}\b`],
  ['code', String.raw`\b[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){2}\b`],
  ['role', String.raw`--role [a-z][a-z0-9_-]*?--+>`],
  ['arrow', String.raw`(?:-+>|→)`],
  ['path', String.raw`(?<![\w/:.])[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)+`],
  ['strong', String.raw`\b(?:allow|deny)\b(?= )`],
  ['strong', String.raw`(?<![\w.:/-])\d+(?:\.\d+)?(?: of \d+)?(?: (?:EUR|USD|events?|records?|transfers?|charges?|gpu-seconds?|s)\b(?:/\w+)?)`],
];
const ANY = new RegExp(PATTERNS.map(([, pattern]) => `(${pattern})`).join('|'), 'g');

export function pieces(sentence: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of sentence.matchAll(ANY)) {
    if (match.index > at) out.push({ kind: 'text', text: sentence.slice(at, match.index) });
    const which = match.slice(1, PATTERNS.length + 1).findIndex((group) => group !== undefined);
    out.push({ kind: PATTERNS[which]![0], text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < sentence.length) out.push({ kind: 'text', text: sentence.slice(at) });
  return out;
}
