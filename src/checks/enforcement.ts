/** How absent references, and deletions of what is in use, are treated; `Auto` refuses a person and warns a delivery tool. */
export type Enforcement = 'Auto' | 'Deny' | 'Warn';

export interface Asker {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly username: string;
}

/**
 * Decides `Auto`. A delivery tool applies a set in an order of its own, and Flux dry-runs a whole set before it
 * applies any of it: refused there, it would wait for ever.
 */
export function decided(enforcement: Enforcement, asker: Asker, tools: readonly string[]): 'Deny' | 'Warn' {
  if (enforcement !== 'Auto') return enforcement;
  if (asker.dryRun) return 'Warn';
  return isDeliveryTool(asker, tools) ? 'Warn' : 'Deny';
}

/** Whether the field manager or the user is in the list; `*` in a pattern stands for anything. */
export function isDeliveryTool(
  { fieldManager, username }: Pick<Asker, 'fieldManager' | 'username'>,
  tools: readonly string[],
): boolean {
  return tools.some((pattern) => matches(pattern, fieldManager) || matches(pattern, username));
}

export function isEnforcement(text: string | undefined): text is Enforcement {
  return text === 'Auto' || text === 'Deny' || text === 'Warn';
}

/** `*` stands for anything, everything else for itself. Linear: the parts are searched one after the other. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  return rest.every((part) => {
    const found = text.indexOf(part, at);
    at = found + part.length;
    return found >= 0 && at <= text.length - last.length;
  });
}
