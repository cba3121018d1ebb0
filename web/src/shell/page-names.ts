// Every page by name: what the left tree, the tabs and the palette show, and what routes.tsx has a component for.
export type PageName<Path extends string = string> = {
  path: Path;
  title: string;
  section?: { name: string; icon: string }; // in the left tree, for each scope
};

/** Keeps each path as a type of its own, so that a page without a component does not compile. */
const names = <Path extends string>(pages: PageName<Path>[]) => pages;

export const scopePages = names([
  { path: 'instances', title: 'Instances', section: { name: 'Instances', icon: 'gpu' } },
  { path: 'launch', title: 'Launch instance' },
  { path: 'new', title: 'New project or department' },
  { path: 'cost', title: 'Cost', section: { name: 'Cost', icon: 'cost' } },
  { path: 'audit', title: 'Audit', section: { name: 'Audit', icon: 'audit' } },
]);

/** The tabs of an instance, in their order. */
export const instancePages = names([
  { path: 'lineage', title: 'Lineage' },
  { path: 'overview', title: 'Overview' },
  { path: 'terminal', title: 'Terminal' },
  { path: 'logs', title: 'Logs' },
  { path: 'events', title: 'Events' },
  { path: 'cost', title: 'Cost' },
]);

export type ScopePath = (typeof scopePages)[number]['path'];
export type InstancePath = (typeof instancePages)[number]['path'];
