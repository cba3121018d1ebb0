import { afterEach, expect, it, vi } from 'vitest';
import { readLog } from '../src/pages/instance/log-feed';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A body of these pieces, whole or cut after them. */
function body(pieces: Uint8Array[], cut: boolean): Response {
  const left = [...pieces];
  return new Response(
    new ReadableStream({
      pull(to) {
        const next = left.shift();
        if (next) to.enqueue(next);
        else if (cut) to.error(new TypeError('network error'));
        else to.close();
      },
    }),
  );
}

async function read(answers: Response[]) {
  const asked: string[] = [];
  const states: string[] = [];
  let text = '';
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path.slice(path.indexOf('offset=')));
    return answers.shift();
  });
  const into = { add: (more: string) => void (text += more), enter: (state: string) => void states.push(state) };
  await readLog('ins_1', new AbortController().signal, into);
  return { asked, states, text };
}

afterEach(() => vi.unstubAllGlobals());

it('goes on after a cut at the byte that it had, inside a character too', async () => {
  const euro = bytes('€');
  const got = await read([body([bytes('one\n'), euro.slice(0, 2)], true), body([euro.slice(2), bytes(' two\n')], false)]);
  expect(got.text).toBe('one\n€ two\n');
  expect(got.asked).toEqual(['offset=0', 'offset=6']);
  expect(got.states).toEqual(['reading', 'lost', 'reading', 'ended']);
});

it('tries again where the node is not linked, and not where it is refused', async () => {
  const problem = (status: number) => new Response(JSON.stringify({ title: 't', status, reason: 'r' }), { status });
  const got = await read([problem(503), body([bytes('x')], false)]);
  expect(got.states).toEqual(['lost', 'reading', 'ended']);
  await expect(read([problem(404)])).rejects.toMatchObject({ status: 404 });
});
