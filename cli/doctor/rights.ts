import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { maySelf } from '../../src/kube/self-review.ts';
import { group } from '../../src/model/generation.ts';
import { good, type Check, type Finding } from './finding.ts';

const verbs = ['get', 'list', 'create', 'patch', 'delete'] as const;

/** What the person may do in their namespace with the kinds of Portcullis. Nobody needs all of it, so nothing of it is wrong. */
export const rights: Check = {
  name: 'your rights',
  run: async ({ client, namespace }) => {
    const kinds = [...table.rows, gatewayKind].map(({ plural }) => plural);
    const asked = await Promise.all(
      kinds.map(async (resource) => {
        const answers = await Promise.all(
          verbs.map((verb) => maySelf(client, { verb, group, resource, namespace })),
        );
        return { resource, lacking: verbs.filter((_, index) => answers[index] !== true) };
      }),
    );
    const lacking = new Map<string, string[]>();
    for (const { resource, lacking: missing } of asked)
      if (missing.length > 0)
        lacking.set(missing.join(', '), [...(lacking.get(missing.join(', ')) ?? []), resource]);
    if (lacking.size === 0) return [good(`you may do everything with them in namespace ${namespace}`)];
    return [...lacking].map(([missing, resources]): Finding => ({
      severity: 'unknown',
      what: `in namespace ${namespace} you may not ${missing} ${resources.join(', ')}`,
      cure: 'the roles view, edit and admin of Kubernetes carry these rights; a RoleBinding in the namespace gives them',
    }));
  },
};
