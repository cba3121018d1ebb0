// Fails when what a browser loads before it shows a page outgrows its budget: index.html, the entry, and all that it
// imports statically, with their styles, as gzip sends them. Also names the lazy parts that must stay out of it.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET = 350 * 1000;
const LAZY = ['src/pages/instance/terminal-screen.tsx', 'src/pages/launch.tsx', 'src/parts/charts.tsx', 'src/shell/spotlight.tsx'];

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const gzip = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 6 }).length;

const first = new Set();
const walk = (key) => {
  if (first.has(key)) return;
  first.add(key);
  for (const imported of manifest[key].imports ?? []) walk(imported);
};
walk('index.html');

const files = new Set(['index.html', 'icon.svg']);
for (const key of first) for (const file of [manifest[key].file, ...(manifest[key].css ?? [])]) files.add(file);
const total = [...files].reduce((sum, file) => sum + gzip(file), 0);

for (const file of files) console.log(`${String(gzip(file)).padStart(8)}  ${file}`);
console.log(`${String(total).padStart(8)}  first load, gzip, of ${BUDGET}`);

const eager = LAZY.filter((key) => !manifest[key] || first.has(key));
if (eager.length) console.error(`not split from the first load: ${eager.join(', ')}`);
if (total > BUDGET) console.error(`over budget by ${total - BUDGET} bytes`);
process.exit(total > BUDGET || eager.length ? 1 : 0);
