import { plurals } from '../../src/manifests/plurals.ts';
import { grants as grantsOf, type Grant, type Rule } from '../../src/manifests/rbac.ts';
import type { ResourceAccess } from '../../src/kube/reviews.ts';
import { configurationsOf } from './configurations.ts';
import { deploymentsOf } from './deployments.ts';
import { good, wrong, type Check, type Finding, type Patient } from './finding.ts';

/** So many rights that a process lacks are named. */
const mostNamed = 5;

/** Whether the service accounts of the processes have what every installation needs. */
export const grants: Check = {
  name: 'rights of the processes',
  run: async (patient) => {
    const { client } = patient;
    const [found, [configuration]] = await Promise.all([deploymentsOf(client), configurationsOf(client)]);
    const release = configuration?.metadata.name ?? 'portcullis';
    const names = {
      configuration: release,
      certificateSecret: 'portcullis-webhook-certificate',
      controllerDeployment: '',
      packs: `${release}-packs`,
      // Which policies there are in packs, the chart knows; without a name nothing is asked.
      packPolicies: [],
    };
    const all = grantsOf(names, plurals).filter(({ when }) => when === 'always');
    const judged = await Promise.all(
      found.map(async ({ component, deployment }) => {
        const { namespace = '', name } = deployment.metadata;
        const account = deployment.spec.template.spec.serviceAccountName ?? 'default';
        const own = all.filter(({ process }) => process === component);
        return await lackedBy(`system:serviceaccount:${namespace}:${account}`, namespace, own, name, patient);
      }),
    );
    return judged.flat();
  },
};

async function lackedBy(
  user: string,
  home: string,
  own: readonly Grant[],
  name: string,
  { client }: Patient,
): Promise<readonly Finding[]> {
  const [, , namespace = ''] = user.split(':');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const asked = own.flatMap(({ scope, rules }) =>
    rules.flatMap((rule) => accessesOf(rule, scope === 'own' ? home : undefined)),
  );
  const answers = await Promise.all(
    asked.map((resourceAttributes) => client.subjectAccessReview({ user, groups, resourceAttributes })),
  );
  const lacking = asked.filter((_, index) => answers[index]?.allowed !== true).map(accessText);
  if (lacking.length === 0) return [good(`${user} has what ${name} needs everywhere`)];
  const more = lacking.length > mostNamed ? ` and ${lacking.length - mostNamed} more` : '';
  return [
    wrong(
      `${user} may not ${lacking.slice(0, mostNamed).join('; ')}${more}`,
      'upgrade the chart, which brings its roles; with watchNamespaces the roles are in those namespaces only, and this is as it should be',
    ),
  ];
}

function accessesOf(
  { apiGroups, resources, verbs, resourceNames }: Rule,
  namespace: string | undefined,
): readonly ResourceAccess[] {
  const [group = ''] = apiGroups;
  if (resourceNames?.length === 0) return [];
  // Of many names for one purpose the first stands for all.
  const name = resourceNames?.[0];
  return resources.flatMap((given) => {
    const [resource = '', subresource] = given.split('/');
    return verbs.map((verb) => ({
      verb,
      group,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    }));
  });
}

function accessText({ verb, resource, subresource, namespace }: ResourceAccess): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${where}`;
}
