import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { reviewPolicyKind } from '../../../src/kinds/review-policy.ts';
import { table } from '../../../src/kinds/table.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { installCrds } from '../../support/install.ts';
import { crdFolder } from '../../support/root.ts';

describe('the generated CRDs in a real API server', () => {
  useCluster();
  let namespace: string;

  before(async function () {
    this.timeout(120_000);
    await installCrds();
    namespace = await freshNamespace('crds');
  });

  it('are one file for each kind', async () => {
    const files = (await readdir(crdFolder)).filter((file) => file.endsWith('.yaml')).sort();
    const kinds = [...table.rows, gatewayKind, reviewPolicyKind];
    expect(files).to.deep.equal(kinds.map(({ plural }) => `${plural}.yaml`).sort());
  });

  it('are accepted without a warning', async () => {
    // --warnings-as-errors makes any warning of the API server an exit status, and so a rejection here.
    const printed = await kubectl(['apply', '--server-side', '--warnings-as-errors', '-f', crdFolder]);
    expect(printed.trim().split('\n')).to.have.length(table.rows.length + 2);
  });

  it('have one schema in both versions', async () => {
    for (const { plural } of table.rows) {
      const [document] = parseAllDocuments(await readFile(`${crdFolder}/${plural}.yaml`, 'utf8'));
      const { versions } = (document!.toJS() as { spec: { versions: { name: string; schema: unknown }[] } })
        .spec;
      expect(versions.map(({ name }) => name)).to.deep.equal(['v1', 'v1alpha1']);
      expect(versions[0]!.schema).to.deep.equal(versions[1]!.schema);
    }
  });

  it('leave `kubectl get secrets` to the core kind', async () => {
    await kubectl(['create', 'secret', 'generic', 'core', '-n', namespace]);
    expect(await kubectl(['get', 'secrets', '-n', namespace, '-o', 'name'])).to.equal('secret/core\n');
    expect(await kubectl(['get', 'gwsecret', '-n', namespace, '-o', 'name'])).to.equal('');
  });

  it('show whether it works, on how many gateways and why not, for every kind', async () => {
    const text = await kubectl(['get', 'crd', '-l', 'app.kubernetes.io/part-of=portcullis', '-o', 'json']);
    const { items } = JSON.parse(text) as {
      items: {
        spec: { names: { kind: string }; versions: { additionalPrinterColumns: { name: string }[] }[] };
      }[];
    };
    for (const { spec } of items) {
      const columns = spec.versions[0]!.additionalPrinterColumns.map(({ name }) => name);
      const others: Readonly<Record<string, readonly string[]>> = {
        [gatewayKind.kind]: ['Reachable', 'Synced'],
        [reviewPolicyKind.kind]: ['Ready', 'Rules', 'Denied', 'Reason'],
      };
      const wanted = others[spec.names.kind] ?? ['Ready', 'Gateways', 'Reason'];
      expect(columns, spec.names.kind).to.include.members(wanted);
    }
  });
});
