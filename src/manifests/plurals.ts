import { gatewayKind } from '../kinds/api-gateway.ts';
import { reviewPolicyKind } from '../kinds/review-policy.ts';
import { table } from '../kinds/table.ts';
import type { Plurals } from './rbac.ts';

const pluralsOf = (rows: typeof table.rows) => rows.map(({ plural }) => plural);

/** What the kinds of the table are called in roles and rules. */
export const plurals: Plurals = {
  rows: pluralsOf(table.rows),
  related: pluralsOf(table.rows.filter(({ standsAlone }) => standsAlone !== true)),
  gateway: gatewayKind.plural,
  policy: reviewPolicyKind.plural,
};
