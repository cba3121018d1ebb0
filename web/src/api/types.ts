// Names for what the API answers. The types themselves are made from contract/openapi.json (`npm run types`, part of every
// build and check), so a route that changes shows here as an error and not in a browser.
import type { components, paths } from './schema';

export type { paths };
type Schemas = components['schemas'];

export type Money = Schemas['Money'];
export type Scope = Schemas['Scope'];
export type ScopeKind = Scope['kind'];
export type Instance = Schemas['Instance'];
export type InstanceState = Instance['state'];
export type Shape = Schemas['ShapeOffer'];
export type AuditRecord = Schemas['Record'];
export type Lineage = Schemas['Lineage'];
export type LineageLine = Schemas['LineageLine'];
export type LineageItem = Schemas['LineageItem'];
export type LineageState = LineageLine['state'];
export type Charge = Schemas['Charge'];
export type Transfer = Schemas['Transfer'];
export type Balance = Schemas['Balance'];
export type Costs = Schemas['Costs'];
export type Page<T> = { items: T[]; next?: string | null };

/** What a refusal says; a proxy's answer may say less. */
export type Problem = Partial<Schemas['Problem']>;
