// A refused or failed request as the pages show it.
import type { Problem } from './types';

export class ApiError extends Error {
  readonly status: number; // 0: nothing answered
  readonly problem: Problem;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined; // seconds

  constructor(status: number, problem: Problem, requestId?: string, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? 'The request failed');
    this.status = status;
    this.problem = problem;
    this.requestId = requestId ?? problem.request_id;
    this.retryAfter = retryAfter;
  }
  get refused() {
    return this.status === 403;
  }
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function offline(): ApiError {
  return new ApiError(0, { title: 'The server does not answer', next: 'What runs goes on; the console tries again by itself.' });
}

/** From an answer that is not 2xx; a body that is no problem (a proxy's page) is replaced by its status. */
export function fromAnswer(response: Response, body: unknown): ApiError {
  const problem = isProblem(body) ? body : { title: `The server answered ${response.status}`, status: response.status };
  const wait = Number(response.headers.get('Retry-After'));
  return new ApiError(response.status, problem, response.headers.get('X-Request-Id') ?? undefined, wait > 0 ? wait : undefined);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && ('title' in body || 'reason' in body);
}

/** The permission that a refusal's sentence names, where it names one. */
export function lacking(problem: Problem): string | undefined {
  return problem.detail?.match(/\b[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){2}\b/)?.[0];
}
