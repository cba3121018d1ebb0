// The component of every page of the console. To add a page: write it under pages/, name it in shell/page-names.ts, where a
// section of each scope and a tab of each instance get their names too, and add its line here.
import { lazy, type ComponentType } from 'react';
import type { InstancePath, ScopePath } from './shell/page-names';

export const scopeComponents: Record<ScopePath, ComponentType> = {
  instances: lazy(() => import('./pages/instances').then((it) => ({ default: it.InstancesPage }))),
  launch: lazy(() => import('./pages/launch').then((it) => ({ default: it.LaunchPage }))),
  new: lazy(() => import('./pages/new-scope').then((it) => ({ default: it.NewScopePage }))),
  cost: lazy(() => import('./pages/cost').then((it) => ({ default: it.CostPage }))),
  audit: lazy(() => import('./pages/audit').then((it) => ({ default: it.AuditPage }))),
};

export const instanceComponents: Record<InstancePath, ComponentType> = {
  lineage: lazy(() => import('./pages/instance/lineage').then((it) => ({ default: it.LineageTab }))),
  overview: lazy(() => import('./pages/instance/overview').then((it) => ({ default: it.OverviewTab }))),
  terminal: lazy(() => import('./pages/instance/terminal').then((it) => ({ default: it.TerminalTab }))),
  logs: lazy(() => import('./pages/instance/logs').then((it) => ({ default: it.LogsTab }))),
  events: lazy(() => import('./pages/instance/events').then((it) => ({ default: it.EventsTab }))),
  cost: lazy(() => import('./pages/instance/cost').then((it) => ({ default: it.CostTab }))),
};
