// Sizes, shapes and ids in words.
import type { Instance, Shape } from '../api/types';

/** "4 GiB", "512 MiB"; what is not round keeps one place. */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = size;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const cpus = (millicores: number): string => `${+(millicores / 1000).toFixed(2)} CPU`;

/** "1 × H100 80 GB" */
type Gpus = Pick<Instance, 'gpus' | 'gpu_model' | 'gpu_memory'>;
export const gpus = (it: Gpus): string => (it.gpus > 0 ? `${it.gpus} × ${it.gpu_model}${it.gpu_memory ? ` ${Math.round(it.gpu_memory / 2 ** 30)} GB` : ''}` : 'no GPU');
export const shapeText = (it: Gpus & Pick<Shape, 'cpu_millicores' | 'memory'>): string =>
  `${gpus(it)}, ${cpus(it.cpu_millicores)}, ${bytes(it.memory)}`;

/** Prefix, five characters, an ellipsis, the last four. */
export function shortId(id: string): string {
  const cut = id.indexOf('_') + 6;
  return id.length > cut + 5 ? `${id.slice(0, cut)}…${id.slice(-4)}` : id;
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
export const firstName = (name: string): string => (name.trim()[0] ?? '?').toLowerCase();
