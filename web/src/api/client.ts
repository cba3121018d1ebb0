// One client for the API: the session's cookie, the CSRF header on changes, an idempotency key on each POST, and problems
// as ApiError. Nothing here knows a page.
import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, fromAnswer, offline } from './problem';
import type { paths, Scope, ScopeKind } from './types';

let csrf = '';
export function setCsrf(value: string | undefined) {
  csrf = value ?? '';
}

/** Headers that a change carries beside its cookie. A key is made once for each thing a person asks for. */
export function changeHeaders(method: string, key = crypto.randomUUID()): Record<string, string> {
  if (method === 'GET') return {};
  return { 'X-CSRF-Token': csrf, ...(method === 'POST' ? { 'Idempotency-Key': key } : {}) };
}

const session: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(changeHeaders(request.method))) if (!request.headers.has(name)) request.headers.set(name, value);
    return request;
  },
};

// The key is put in above, so no caller gives one.
type Keyless<Op> = Op extends { parameters: infer Given } ? Omit<Op, 'parameters'> & { parameters: Omit<Given, 'header'> } : Op;
type Routes = { [Path in keyof paths]: { [Method in keyof paths[Path]]: Keyless<paths[Path][Method]> } };

export const api = createClient<Routes>({ baseUrl: typeof location === 'undefined' ? '' : location.origin, credentials: 'same-origin' });
api.use(session);

type Answered<T> = { data?: T; error?: unknown; response: Response };

/** The answer's body, or an ApiError thrown. */
export async function ask<T>(call: Promise<Answered<T>>): Promise<T> {
  let answer: Answered<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw offline();
  }
  if (!answer.response.ok) throw fromAnswer(answer.response, answer.error);
  return answer.data as T;
}

const PLURAL: Record<ScopeKind, string> = { platform: 'platform', organization: 'organizations', department: 'departments', project: 'projects' };
export type ScopeRef = Pick<Scope, 'id' | 'kind'>;

/** `/v1/departments/dep_…/costs` and its like; typed as the project's route, whose answers are the same. */
export function atScope<P extends keyof paths & `/v1/projects/{project}/${string}`>(scope: ScopeRef, route: P): P {
  return route.replace('/v1/projects/{project}', `/v1/${PLURAL[scope.kind]}/${scope.id}`) as P;
}

/** A stream that fetch reads (logs, events, metrics), or an ApiError thrown. */
export async function openStream(path: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<ReadableStream<Uint8Array>> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw offline();
  }
  if (response.ok && response.body) return response.body;
  throw fromAnswer(response, await response.json().catch(() => undefined));
}

export { ApiError };
