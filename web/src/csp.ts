// The Content-Security-Policy allows styles by nonce only. The server writes the nonce of this answer into index.html.

export function nonceIn(root: { querySelector(selector: string): { getAttribute(name: string): string | null } | null }): string {
  const nonce = root.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
  return nonce === '__CSP_NONCE__' ? '' : nonce; // the placeholder itself: the development server, which sends no policy
}

export const nonce = () => nonceIn(document);

/**
 * Runs `make` while style elements that it creates get the nonce: for a library that has no setting for it (xterm.js).
 * What it writes into them later is allowed too, because the nonce stays with the element.
 */
export function withNonce<T>(make: () => T): T {
  const value = nonce();
  const create = document.createElement;
  document.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    const made = create.call(this, name, options);
    if (name === 'style' && value) (made as HTMLStyleElement).nonce = value;
    return made;
  } as typeof document.createElement;
  try {
    return make();
  } finally {
    document.createElement = create;
  }
}

/** Makes `element.setAttribute('style', …)` of the type go by way of the CSSOM, which the policy allows: colours of 24 bits in xterm.js. */
export function styleByObjectModel(type: { prototype: HTMLElement }) {
  const set = type.prototype.setAttribute;
  type.prototype.setAttribute = function (this: HTMLElement, name: string, value: string) {
    if (name === 'style') this.style.cssText = value;
    else set.call(this, name, value);
  };
}
