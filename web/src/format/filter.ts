// The filter line of a list: words that must appear somewhere in the row, and `column:text` that must appear in that column.

export type Filter = { anywhere: string[]; columns: Map<string, string[]> };

export function parseFilter(line: string): Filter {
  const filter: Filter = { anywhere: [], columns: new Map() };
  for (const word of line.toLowerCase().split(/\s+/).filter(Boolean)) {
    const colon = word.indexOf(':');
    if (colon > 0 && colon < word.length - 1) {
      const name = word.slice(0, colon);
      filter.columns.set(name, [...(filter.columns.get(name) ?? []), word.slice(colon + 1)]);
    } else if (colon < 0) {
      filter.anywhere.push(word);
    } // "state:" is still being typed
  }
  return filter;
}

/** `row` gives a column's text by its id. Two texts for one column: either will do. A column that is not there holds nothing. */
export function passes(filter: Filter, row: ReadonlyMap<string, string>): boolean {
  const all = [...row.values()].join('\n');
  return (
    filter.anywhere.every((word) => all.includes(word)) &&
    [...filter.columns].every(([name, texts]) => texts.some((text) => row.get(name)?.includes(text)))
  );
}

/** The line with `column:` set to one text, or freed of it. */
export function withColumn(line: string, column: string, text: string | undefined): string {
  const kept = line.split(/\s+/).filter((word) => word && !word.toLowerCase().startsWith(`${column}:`));
  return (text ? [...kept, `${column}:${text}`] : kept).join(' ');
}
