// Server-sent events from a byte stream. Read with fetch and not EventSource, because the event's name is the action's, of
// which there is no list beforehand, and because a Last-Event-ID must be ours to give.

export type Sent = { id: string; event: string; data: string };

/** Feeds text in any cuts; gives whole events. `lastId` is what to resume from. */
export class EventParser {
  lastId = '';
  retry: number | undefined;
  private rest = '';
  private event = '';
  private data: string[] = [];

  feed(text: string): Sent[] {
    const out: Sent[] = [];
    this.rest += text;
    let end: number;
    while ((end = this.lineEnd()) >= 0) {
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + (this.rest[end] === '\r' && this.rest[end + 1] === '\n' ? 2 : 1));
      this.line(line, out);
    }
    return out;
  }

  /** -1 too where a carriage return is last: its newline may be in the next cut. */
  private lineEnd(): number {
    const end = this.rest.search(/[\r\n]/);
    return end >= 0 && this.rest[end] === '\r' && end + 1 === this.rest.length ? -1 : end;
  }

  private line(line: string, out: Sent[]) {
    if (line === '') {
      if (this.data.length) out.push({ id: this.lastId, event: this.event || 'message', data: this.data.join('\n') });
      this.event = '';
      this.data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.lastId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
  }
}

export async function readEvents(stream: ReadableStream<Uint8Array>, parser: EventParser, each: (event: Sent) => void) {
  const reader = stream.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.feed(value)) each(event);
  }
}
