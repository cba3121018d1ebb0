// The API as the console reads it, after doc/design/api.md. `paths` has the shape that openapi-typescript writes, so that
// the file `npm run types` makes from contract/openapi.json can take its place.

export type Money = { amount: string; currency: string };
export type ScopeKind = 'platform' | 'organization' | 'department' | 'project';
export type Scope = { id: string; kind: ScopeKind; name: string; path: string; parent?: string | null; created_at?: string | null };
export type Role = { role: string; scope: string; scope_path: string };
export type Me = { principal: string; kind: 'user' | 'service_account' | 'node'; name: string; mail?: string; home: string; csrf?: string; roles: Role[] };
export type SignedIn = { principal: string; name: string; mail: string; organization: string; csrf: string; expires_at: string };
export type RolePermissions = { name: string; permissions: string[] };
export type Binding = {
  id: string; principal: string; principal_name: string; role: string; scope: string; scope_path: string;
  note?: string; created_by?: string; created_at: string; expires_at?: string | null;
};
export type InstanceState = 'requested' | 'placed' | 'starting' | 'running' | 'stopping' | 'stopped' | 'exited' | 'failed' | 'deleted';
export type Exit = { code?: number | null; signal?: number | string | null; oom?: boolean; failure?: string | null };
export type Instance = {
  id: string; name: string; project: string; path: string; shape: string; gpus: number; gpu_model: string; gpu_memory?: number; cpu_millicores: number;
  memory: number; command: string[]; state: InstanceState; state_reason?: string | null; node?: string | null; node_name?: string | null;
  requested_at: string; placed_at?: string | null; starting_at?: string | null; running_at?: string | null; ended_at?: string | null;
  exit?: Exit | null; price?: Money | null; simulated: boolean; created_by: string; created_by_name?: string; up_to?: string;
};
export type Shape = {
  name: string; gpus: number; gpu_model: string; gpu_memory: number; cpu_millicores: number; memory: number; price?: Money | null;
  price_text: string; sku: string; free: number; simulated: boolean;
};
export type AccessSession = { id: string; ticket: string; expires_at: string; url: string };
export type AuditRecord = {
  index: number; id: string; at: string; principal?: string | null; principal_name?: string | null; action: string; resource?: string | null;
  outcome: string; scope: string; scope_path?: string; by?: string | null; detail?: unknown;
};
export type LineageStep = 'authority' | 'decision' | 'quota' | 'usage' | 'charges' | 'ledger' | 'audit' | 'proof';
export type LineageState = 'proved' | 'posted' | 'pending' | 'hidden' | 'planned';
export type LineageItem = { id?: string | null; text: string; amount?: Money | string | null; at?: string | null; from?: string | null; pending?: boolean };
export type LineageLine = LineageItem & { step: LineageStep; state: LineageState; hidden?: string | null; simulated?: boolean; items?: LineageItem[] };
export type Lineage = {
  resource: { id: string; type: string; name: string; path: string; state?: string };
  simulated: boolean; settled: boolean; lines: LineageLine[];
};
export type Charge = {
  id: string; at: string; usage_event: string; meter: string; unit: string; quantity: number | string;
  rate: { amount: string; currency: string; per: number | string; per_text: string }; price_book: string | number; amount: Money;
  resource: string; resource_name: string; path_text: string; simulated: boolean; state: 'posted' | 'pending';
};
export type Transfer = { id: string; at: string; debit: string; credit: string; amount: Money; charge?: string | null; resource?: string | null; kind: string };
export type Account = { name: string; debits: Money; credits: Money; balance: Money };
export type Balance = { organization: string; prepaid: Money; accounts: Account[] };
export type Costs = {
  running: number; burn: Money; charged: Money; by_day: { day: string; amount: Money | string }[];
  by_project: { scope: string; path: string; amount: Money | string; burn: Money | string }[];
};
export type AccessCheck = { allowed: boolean; reason?: string | null; by?: string | null; binding?: string | null; role?: string | null; path?: string | null };
export type Page<T> = { items: T[]; next: string | null };
export type Problem = {
  type?: string; title?: string; status?: number; reason?: string; detail?: string; next?: string; request_id?: string; pointer?: string;
  permission?: string; scope?: string;
};

type Answer<T> = { content: { 'application/json': T } };
type Refusal = { content: { 'application/problem+json': Problem } };
type Op<Ok, Path = never, Query = never, Body = never> = {
  parameters: ([Path] extends [never] ? { path?: never } : { path: Path }) & { query?: Query };
  responses: { 200: Answer<Ok>; default: Refusal };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': Body } } });
type Get<Ok, Path = never, Query = never> = { get: Op<Ok, Path, Query> };
type Post<Ok, Path = never, Body = never> = { post: Op<Ok, Path, never, Body> };
type List<T, Path, Query = object> = Get<Page<T>, Path, Query & { after?: string; limit?: number }>;
type Launch = { name: string; shape: string; command: string[]; env?: Record<string, string> };

// Routes that exist at an organization, a department and a project are written once, at the project; `atScope` in
// client.ts picks the path of the scope's kind.
export interface paths {
  '/v1/sign-in': Post<SignedIn, never, { mail: string; password: string }> & { delete: Op<undefined> };
  '/v1/me': Get<Me>;
  '/v1/scopes': List<Scope, never>;
  '/v1/organizations/{organization}/projects': Post<Scope, { organization: string }, { name: string }>;
  '/v1/departments/{department}/projects': Post<Scope, { department: string }, { name: string }>;
  '/v1/organizations/{organization}/departments': Post<Scope, { organization: string }, { name: string }>;
  '/v1/departments/{department}/departments': Post<Scope, { department: string }, { name: string }>;
  '/v1/access-check': Post<AccessCheck, never, { principal: string; permission: string; target: string }>;
  '/v1/roles': Get<Page<RolePermissions>>;
  '/v1/shapes': Get<Page<Shape>>;
  '/v1/projects/{project}/instances': List<Instance, { project: string }, { state?: string }> & Post<Instance, { project: string }, Launch>;
  '/v1/projects/{project}/costs': Get<Costs, { project: string }>;
  '/v1/projects/{project}/charges': List<Charge, { project: string }, { resource?: string }>;
  '/v1/projects/{project}/audit-records': List<AuditRecord, { project: string }, { resource?: string; action?: string }>;
  '/v1/projects/{project}/bindings': List<Binding, { project: string }>;
  '/v1/organizations/{organization}/transfers': List<Transfer, { organization: string }, { resource?: string }>;
  '/v1/organizations/{organization}/balance': Get<Balance, { organization: string }>;
  '/v1/organizations/{organization}/credits': Post<Transfer, { organization: string }, { amount: string; note: string }>;
  '/v1/instances/{instance}': Get<Instance, { instance: string }> & { delete: Op<undefined, { instance: string }> };
  '/v1/instances/{instance}/stop': Post<Instance, { instance: string }>;
  '/v1/instances/{instance}/access-sessions': Post<AccessSession, { instance: string }, { surface: string; rows: number; cols: number; command?: string[]; tty?: boolean }>;
  '/v1/resources/{resource}/lineage': Get<Lineage, { resource: string }>;
}
