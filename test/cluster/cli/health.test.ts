import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { enforcementLabel } from '../../../src/model/annotations.ts';
import { reviewGroup, reviewPolicyKind } from '../../../src/kinds/review-policy.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { configuration } from '../../support/installation.ts';
import { minimal, specWith } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { startScene, type Scene } from '../controller/scene.ts';
import { portcullis } from './portcullis.ts';

interface Told {
  readonly severity: string;
  readonly check: string;
  readonly what: string;
  readonly cure?: string;
}

describe('portcullis doctor and review', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let stack: Stack;
  let scene: Scene;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-review-'));
    stack = await startStack({ cluster: cluster(), api: 'v1', withoutGateway: true });
    scene = await startScene('health', { api: 'v1' });
    await scene.apply(
      scene.resource('RestApi', 'books'),
      scene.resource('RestApi', 'films', {
        ...specWith('RestApi', 'upstream.main.url', 'https://films.example'),
        displayName: 'Films',
        context: '/films',
      }),
    );
    for (const name of ['books', 'films']) await scene.until('RestApi', name, 'Ready', 'True');
    // Its counts move at most every ten seconds.
    const counted = ['wait', '--for=jsonpath={.status.bound}=2', 'apigateway/main', '-n', scene.namespace];
    await kubectl([...counted, '--timeout=60s']);
  });
  after(async () => {
    await scene.end();
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[]) => portcullis(cluster(), [...args, '-n', scene.namespace]);
  const examined = async () => {
    const { code, stdout, stderr } = await run(['doctor', '-o', 'json']);
    return { code, stderr, told: JSON.parse(stdout) as readonly Told[] };
  };
  const of = (told: readonly Told[], check: string) => told.filter((one) => one.check === check);

  describe('doctor', () => {
    it('finds nothing wrong where nothing is', async () => {
      const { code, told, stderr } = await examined();
      const bad = told.filter(({ severity }) => severity === 'error');
      expect({ code, bad }, stderr).to.deep.equal({ code: 0, bad: [] });
      for (const check of ['custom resource definitions', 'webhook configurations', 'webhook', 'your rights'])
        expect(
          of(told, check).map(({ severity }) => severity),
          JSON.stringify(of(told, check)),
        ).to.satisfy(
          (words: readonly string[]) => words.length > 0 && words.every((word) => word === 'good'),
        );
      expect(of(told, 'gateways').map(({ what }) => what)).to.include(
        `${scene.namespace}/main answers, speaks management API v1, and takes 2 resources`,
      );
    });

    it('prints a table, and in short only what is not as it should be', async () => {
      const { code, stdout } = await run(['doctor', '--quiet']);
      expect(code).to.equal(0);
      expect(stdout)
        .to.match(/^IS +CHECK +WHAT +CURE/)
        .and.not.to.contain('GOOD');
    });

    it('names a label and an annotation that mean nothing, with what they take', async () => {
      await kubectl(['label', 'namespace', scene.namespace, `${enforcementLabel}=Denny`]);
      await kubectl([
        'annotate',
        'namespace',
        scene.namespace,
        'gateway.api-platform.wso2.com/reconsile=Paused',
      ]);
      try {
        const { code, told } = await examined();
        expect(code).to.equal(0);
        expect(of(told, 'annotations and labels').map(({ what }) => what)).to.include.members([
          `Namespace ${scene.namespace}: the label ${enforcementLabel} says "Denny", which means nothing; it takes Auto, Deny, Warn`,
          `Namespace ${scene.namespace}: the annotation gateway.api-platform.wso2.com/reconsile is none that Portcullis knows; did you mean gateway.api-platform.wso2.com/reconcile?`,
        ]);
      } finally {
        await kubectl(['label', 'namespace', scene.namespace, `${enforcementLabel}-`]);
        await kubectl(['annotate', 'namespace', scene.namespace, 'gateway.api-platform.wso2.com/reconsile-']);
      }
    });

    it('sees that nothing is judged where a configuration is gone, and says how it comes back', async () => {
      const kind = 'validatingwebhookconfiguration';
      const stored = JSON.parse(await kubectl(['get', kind, configuration, '-o', 'json'])) as {
        metadata: Record<string, unknown>;
      };
      await kubectl(['delete', kind, configuration]);
      try {
        const { code, told } = await examined();
        expect(code).to.equal(1);
        const wrong = told.filter(({ severity }) => severity === 'error');
        expect(wrong.map(({ check }) => check)).to.include.members(['webhook configurations', 'webhook']);
        expect(wrong[0]?.cure).to.contain('helm upgrade');
      } finally {
        const { uid: _uid, resourceVersion: _version, ...metadata } = stored.metadata;
        await kubectl(['create', '-f', '-'], JSON.stringify({ ...stored, metadata }));
      }
    });

    it('says what a person without rights can not be told', async () => {
      const kubeconfig = await cluster().userKubeconfig('nobody-in-particular');
      const { code, stdout, stderr } = await portcullis({ kubeconfig }, ['doctor', '-n', scene.namespace]);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('UNKNOWN').and.to.contain('you may not get, list, create, patch, delete');
    });
  });

  describe('review', () => {
    const policy = (more: object = {}) => ({
      apiVersion: `${reviewGroup}/v1`,
      kind: reviewPolicyKind.kind,
      metadata: { name: `tls-${scene.namespace}` },
      spec: {
        match: { namespaces: [scene.namespace] },
        rules: [
          {
            name: 'tls-only',
            expression: 'upstreams.all(u, u.tls)',
            action: 'Deny',
            message: 'must be https',
          },
        ],
        ...more,
      },
    });
    const file = async (object: object) => {
      const path = join(folder, 'policy.yaml');
      await writeFile(path, stringify(object));
      return path;
    };

    it('has nothing to say where there is no policy', async () => {
      const { code, stderr } = await run(['review']);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain('there is no policy to review by');
    });

    it('tells by policies in files what they would refuse before they are installed', async () => {
      const { code, stdout, stderr } = await run(['review', '--policies', await file(policy())]);
      expect(code, stderr).to.equal(1);
      expect(stdout).to.match(
        new RegExp(
          `tls-${scene.namespace} +tls-only +Deny +RestApi +${scene.namespace}/books +spec +must be https`,
        ),
      );
      expect(stdout).not.to.contain('films');
      expect(stderr).to.contain('breaches: 1, of which refused: 1, excused: 0');
    });

    it('counts what an exception excuses for no refusal, and shows why', async () => {
      const exceptions = [{ names: ['books'], reason: 'until it moves', expires: '2099-01-01T00:00:00Z' }];
      const { code, stdout } = await run(['review', '--policies', await file(policy({ exceptions }))]);
      expect(code).to.equal(0);
      expect(stdout).to.contain('(excused until 2099-01-01T00:00:00Z: until it moves)');
    });

    it('says why a policy can not be used', async () => {
      const rules = [{ name: 'broken', expression: 'nosuch(', action: 'Warn', message: 'x' }];
      const { code, stderr } = await run(['review', '--policies', await file(policy({ rules }))]);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`policy tls-${scene.namespace}: spec.rules[0].expression`);
    });

    it('tells by what is installed', async () => {
      const rules = [
        {
          name: 'tls-only',
          expression: 'upstreams.all(u, u.tls)',
          action: 'Audit',
          message: 'must be https',
        },
      ];
      await kubectl(['apply', '-f', '-'], JSON.stringify(policy({ rules })));
      try {
        const { code, stdout } = await run(['review', '-o', 'json']);
        expect(code).to.equal(0);
        const { breaches } = JSON.parse(stdout) as { breaches: { name: string; action: string }[] };
        expect(breaches.map(({ name, action }) => [name, action])).to.deep.equal([['books', 'Audit']]);
      } finally {
        await kubectl(['delete', `${reviewPolicyKind.plural}.${reviewGroup}`, policy().metadata.name]);
      }
    });

    it('asks the rules of admission too', async () => {
      const secret = { ...minimal.Secret, value: 'in-the-spec' };
      await scene.apply(scene.resource('Secret', 'plain', secret));
      const { code, stdout, stderr } = await run(['review', '--rules']);
      expect(code, stderr).to.equal(0);
      expect(stdout)
        .to.match(/\(admission\) +secrets +Warn +Secret/)
        .and.not.to.contain('in-the-spec');
    });
  });
});
