// The launch form's own rules; the server has the last word.
import { words } from '../format/command';

export type LaunchForm = { name: string; project: string; shape: string; command: string };

export function problemsOf(form: LaunchForm, taken: string[]): Partial<Record<keyof LaunchForm, string>> {
  const problems: Partial<Record<keyof LaunchForm, string>> = {};
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(form.name)) problems.name = 'Lower case letters, digits and hyphens, 63 at most, no hyphen at an end';
  else if (taken.includes(form.name)) problems.name = `There is a ${form.name} already`;
  if (!form.project) problems.project = 'Choose a project';
  if (!form.shape) problems.shape = 'Choose a shape';
  const argv = words(form.command);
  if (!argv) problems.command = 'A quote is left open';
  else if (!argv.length || !argv[0]) problems.command = 'Give a command: it is what runs';
  return problems;
}

/** "train", then "train-2", … */
export function suggestName(taken: string[]): string {
  if (!taken.includes('train')) return 'train';
  let n = 2;
  while (taken.includes(`train-${n}`)) n++;
  return `train-${n}`;
}
