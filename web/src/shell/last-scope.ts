// Where this browser was last: only a convenience, so a browser that refuses storage loses nothing else.
const KEY = 'gpuaas.scope';

export function lastScope(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
export function rememberScope(id: string) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // private windows of some browsers
  }
}
