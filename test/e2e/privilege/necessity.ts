import type { Asked } from './audit.ts';
import { covers, titleOf, type Permission } from './permission.ts';

export interface Necessity {
  readonly permission: Permission;
  /** How many requests it has authorised. */
  readonly count: number;
  readonly example: string | undefined;
}

/** For each permission, what it was good for: the requests that the API server allowed because of its role. */
export function necessities(
  permissions: readonly Permission[],
  asked: readonly Asked[],
): readonly Necessity[] {
  return permissions.map((permission) => {
    const allowed = asked.filter((one) => one.role === permission.role && covers(permission, one));
    return { permission, count: allowed.length, example: allowed[0]?.path };
  });
}

/** One line for each permission, for people. */
export function necessityTable(rows: readonly Necessity[]): string {
  const titles = rows.map(({ permission }) => titleOf(permission));
  const width = Math.max(...titles.map(({ length }) => length));
  return rows
    .map(({ count, example = 'NOTHING' }, index) => {
      const title = (titles[index] ?? '').padEnd(width);
      return `${title}  ${String(count).padStart(5)}  ${example.slice(0, 110)}`;
    })
    .join('\n');
}
