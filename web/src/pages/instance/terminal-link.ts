// One terminal over the network: asks for an access session, opens its stream, and asks for a new one when it is cut. The
// server begins each stream with what the screen showed, so a cut costs no line.
//
// Always true: at most one open socket; after `end()` nothing is opened again; bytes reach the screen in order.
import { api, ask } from '../../api/client';
import { ApiError } from '../../api/problem';
import { backoff } from '../../live/backoff';

export type Size = { rows: number; cols: number };
export type LinkState = {
  state: 'opening' | 'open' | 'lost' | 'ended';
  session?: string;
  openedAt?: number;
  ended?: string;
  againInMs?: number;
  error?: unknown;
  size?: Size;
  echoMs?: number;
  firstBytesMs?: number; // from asking for the terminal to its first bytes
  end?: () => void;
};
export type Sink = { reset(): void; write(bytes: Uint8Array): void };

export type Into = 'shell' | 'own'; // the shell that all share, or its command's own terminal
type Note = { exit?: { code?: number | null; signal?: number | string | null; failure?: string }; skipped?: number };

// The server chooses the second, so that the ticket is in no answer.
const protocols = (ticket: string) => [`gpuaas.ticket.${ticket}`, 'gpuaas.ticket.accepted'];

export class TerminalLink {
  private readonly stop = new AbortController();
  private socket: WebSocket | undefined;
  private typedAt = 0;
  private state: LinkState;
  private tries = 0;

  constructor(
    private readonly instance: string,
    private readonly into: Into,
    private size: Size,
    private readonly sink: Sink,
    private readonly tell: (state: LinkState) => void,
    private readonly askedAt = performance.now(),
  ) {
    this.state = { state: 'opening', size, end: () => this.end('ended here') };
    void this.open();
  }

  send(bytes: Uint8Array<ArrayBuffer>) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.typedAt ||= performance.now();
    this.socket.send(bytes);
  }

  resize(size: Size) {
    this.size = size;
    this.change({ size });
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ resize: size }));
  }

  end(why: string) {
    if (this.stop.signal.aborted) return;
    this.stop.abort();
    this.socket?.close(1000);
    this.change({ state: 'ended', ended: why, echoMs: undefined });
  }

  /** As `end`, when the page is left: nobody is told. */
  drop() {
    this.stop.abort();
    this.socket?.close(1000);
  }

  private change(part: Partial<LinkState>) {
    this.state = { ...this.state, ...part };
    this.tell(this.state);
  }

  private async open() {
    const { signal } = this.stop;
    try {
      const made = await ask(
        api.POST('/v1/instances/{instance}/access-sessions', { signal, params: { path: { instance: this.instance } }, body: { surface: 'terminal', ...this.size, ...(this.into === 'own' ? { own: true } : {}) } }),
      );
      if (signal.aborted) return;
      this.change({ session: made.id, error: undefined });
      this.attach(made.url || `/v1/access-sessions/${made.id}/stream`, made.ticket);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && !error.passing && error.problem.reason !== 'node_not_linked') {
        this.change({ error });
        return this.end('refused');
      }
      this.change({ error });
      this.again();
    }
  }

  private attach(url: string, ticket: string) {
    const target = new URL(url, location.href);
    target.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    target.host = location.host;
    const socket = new WebSocket(target, protocols(ticket));
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => {
      this.sink.reset();
      socket.send(JSON.stringify({ resize: this.size }));
      this.change({ state: 'open', openedAt: Date.now(), againInMs: undefined });
    };
    socket.onmessage = (message) => this.receive(message.data as ArrayBuffer | string);
    socket.onclose = () => {
      if (!this.stop.signal.aborted && this.socket === socket) this.again();
    };
  }

  private receive(data: ArrayBuffer | string) {
    if (typeof data === 'string') {
      const { exit, skipped } = JSON.parse(data) as Note;
      if (skipped) this.sink.write(new TextEncoder().encode(`\r\n[${skipped} bytes came faster than they could be shown]\r\n`));
      if (exit) this.end(exit.failure ? `ended: ${exit.failure.replaceAll('_', ' ')}` : exit.signal ? `ended by signal ${exit.signal}` : `ended with code ${exit.code ?? 0}`);
      return;
    }
    this.tries = 0;
    this.sink.write(new Uint8Array(data));
    if (this.state.firstBytesMs === undefined) this.change({ firstBytesMs: Math.round(performance.now() - this.askedAt) });
    if (this.typedAt) {
      this.change({ echoMs: Math.max(1, Math.round(performance.now() - this.typedAt)) });
      this.typedAt = 0;
    }
  }

  private again() {
    const wait = backoff(this.tries++, Math.random(), 300, 10_000);
    this.change({ state: 'lost', againInMs: wait });
    setTimeout(() => !this.stop.signal.aborted && void this.open(), wait);
  }
}
