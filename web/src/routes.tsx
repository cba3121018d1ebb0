// Every page of the console. To add one: write it under pages/, add its line here, and, where it is a section of each scope
// or a tab of each instance, give the line a `section` or a `tab`: the left tree, the tabs and the palette read them.
import { lazy, type ComponentType } from 'react';

export type PageLine = {
  path: string;
  page: ComponentType;
  title: string;
  section?: { name: string; icon: string }; // in the left tree, for each scope
  tab?: string; // on each instance
};

const Launch = lazy(() => import('./pages/launch').then((it) => ({ default: it.LaunchPage })));
const Instances = lazy(() => import('./pages/instances').then((it) => ({ default: it.InstancesPage })));
const Cost = lazy(() => import('./pages/cost').then((it) => ({ default: it.CostPage })));
const NewScope = lazy(() => import('./pages/new-scope').then((it) => ({ default: it.NewScopePage })));
const Audit = lazy(() => import('./pages/audit').then((it) => ({ default: it.AuditPage })));
const LineageTab = lazy(() => import('./pages/instance/lineage').then((it) => ({ default: it.LineageTab })));
const OverviewTab = lazy(() => import('./pages/instance/overview').then((it) => ({ default: it.OverviewTab })));
const TerminalTab = lazy(() => import('./pages/instance/terminal').then((it) => ({ default: it.TerminalTab })));
const LogsTab = lazy(() => import('./pages/instance/logs').then((it) => ({ default: it.LogsTab })));
const EventsTab = lazy(() => import('./pages/instance/events').then((it) => ({ default: it.EventsTab })));
const CostTab = lazy(() => import('./pages/instance/cost').then((it) => ({ default: it.CostTab })));

export const scopePages: PageLine[] = [
  { path: 'instances', page: Instances, title: 'Instances', section: { name: 'Instances', icon: 'gpu' } },
  { path: 'launch', page: Launch, title: 'Launch instance' },
  { path: 'new', page: NewScope, title: 'New project or department' },
  { path: 'cost', page: Cost, title: 'Cost', section: { name: 'Cost', icon: 'cost' } },
  { path: 'audit', page: Audit, title: 'Audit', section: { name: 'Audit', icon: 'audit' } },
];

export const instancePages: PageLine[] = [
  { path: 'lineage', page: LineageTab, title: 'Lineage', tab: 'Lineage' },
  { path: 'overview', page: OverviewTab, title: 'Overview', tab: 'Overview' },
  { path: 'terminal', page: TerminalTab, title: 'Terminal', tab: 'Terminal' },
  { path: 'logs', page: LogsTab, title: 'Logs', tab: 'Logs' },
  { path: 'events', page: EventsTab, title: 'Events', tab: 'Events' },
  { path: 'cost', page: CostTab, title: 'Cost', tab: 'Cost' },
];
