import { isDeepStrictEqual } from 'node:util';
import { nearestWord } from '../model/annotated.ts';
import { annotation } from '../model/annotations.ts';
import type { ResourceStatus } from '../model/status.ts';
import { denied, type Check, type CheckInput } from './input.ts';

/** Fields that a gateway can't change, or can't be made to forget, once the resource stands there. */
export const immutability: Check = (input) => {
  const { spec, question } = input;
  const { row, old } = question;
  if (old === undefined) return [];
  const stands = ((old.status as ResourceStatus | undefined)?.gateways ?? []).length > 0;
  if (!stands) return [];
  const before = (old.spec ?? {}) as Readonly<Record<string, unknown>>;
  const anew = 'delete the resource and create it anew';
  const remedy =
    row.update.by === 'fields'
      ? `annotate it with ${annotation.allowRecreate}: "true", which has it deleted there and created anew, or ${anew}`
      : anew;
  const fixed = mayBeMadeAnew(input) ? [] : (row.immutable ?? []);
  return [
    ...fixed
      .filter((field) => !isDeepStrictEqual(before[field], spec[field]))
      .map((field) => denied({ path: `spec.${field}`, fault: "can't be changed at the gateway", remedy })),
    ...(row.lasting ?? [])
      .filter((field) => before[field] !== undefined && spec[field] === undefined)
      .map((field) =>
        denied({
          path: `spec.${field}`,
          fault: "can't be taken away again at the gateway",
          remedy: anew,
        }),
      ),
  ];
};

/** Whether the controller will delete it and create it anew, wherever it is to stand: the nearest annotation says so. */
function mayBeMadeAnew({ question, selected, view }: CheckInput): boolean {
  const { row, object } = question;
  if (row.update.by !== 'fields') return false;
  const namespace = { metadata: { annotations: view.annotationsOf(object.metadata.namespace) } };
  const near = nearestWord([object, namespace], annotation.allowRecreate, ['true', 'false']);
  if (near !== undefined) return near === 'true';
  return selected.length > 0 && selected.every(({ allowsRecreate }) => allowsRecreate);
}
