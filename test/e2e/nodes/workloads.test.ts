import { expect } from 'chai';
import { eventually } from '../../cluster/controller/scene.ts';
import { imageOf, needPods, startPlace, type Place } from '../place.ts';
import { program } from './program.ts';
import { deployment, job, service } from './workloads.ts';

interface Me {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly pid: number;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly capabilities: string;
  readonly writesRoot: string;
  readonly writesScratch: string;
  readonly writesApp: string;
  readonly seesHost: string;
}

describe('Pods on nodes that the tests play', function () {
  this.timeout(180_000);
  let place: Place;
  let removeImage: () => Promise<void> = () => Promise.resolve();
  const namespace = 'workloads';
  const kubectl = (args: readonly string[], input?: string) =>
    place.kubectl([...args, '--namespace', namespace], input);
  const apply = (...objects: readonly object[]) =>
    kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const rolledOut = (name: string) => kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
  const clusterIp = (name: string) => kubectl(['get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}']);
  const ask = async (name: string, path: string) =>
    await (
      await fetch(`http://${await clusterIp(name)}${path}`, { headers: { connection: 'close' } })
    ).text();
  const me = async (name: string) => JSON.parse(await ask(name, '/me')) as Me;

  before(async function () {
    // The first run on a machine builds the control plane.
    this.timeout(3_600_000);
    await needPods(this);
    const { image, remove } = await imageOf(program);
    removeImage = remove;
    place = await startPlace(new Map([['program:1', image]]));
    await place.kubectl(['create', 'namespace', namespace]);
    await apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'word' }, stringData: { word: 'first' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'names' }, data: { SAYS: 'hello' } },
    );
    await apply(deployment('plain', { replicas: 2 }), service('plain'));
    await rolledOut('plain');
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.error(await place.story());
  });
  after(async () => {
    await (place as Place | undefined)?.stop();
    await removeImage();
  });

  it('sees what its Pod says: user, paths, environment, arguments, and nothing of the machine', async () => {
    const seen = await me('plain');

    expect(seen).to.deep.include({ uid: 1234, gid: 2345 });
    expect(seen.groups).to.have.members([2345, 3456]);
    expect(seen).to.deep.include({
      pid: 1,
      cwd: '/app',
      argv: ['--said=hello'],
      capabilities: '0000000000000000',
    });
    expect(seen).to.deep.include({
      writesRoot: 'EROFS',
      writesApp: 'EROFS',
      writesScratch: 'yes',
      seesHost: 'ENOENT',
    });
    expect(seen.env).to.include({ SAYS: 'hello', WORD: 'first', KUBERNETES_SERVICE_PORT: '443' });
  });

  it('has a token, with which the API server knows its ServiceAccount', async () => {
    const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
    const token = await ask('plain', `/file?path=${folder}/token`);

    const answer = await place.kubectl(
      ['create', '-f', '-', '-o', 'jsonpath={.status.user.username}'],
      JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }),
    );

    expect(answer).to.equal(`system:serviceaccount:${namespace}:default`);
    expect(await ask('plain', `/file?path=${folder}/namespace`)).to.equal(namespace);
    expect(await ask('plain', `/file?path=${folder}/ca.crt`)).to.contain('BEGIN CERTIFICATE');
  });

  it('shows a changed Secret in the running Pod', async () => {
    await kubectl(['patch', 'secret', 'word', '--type=merge', '-p', '{"stringData":{"word":"second"}}']);

    await eventually(async () => expect(await ask('plain', '/file?path=/words/word')).to.equal('second'));

    expect((await me('plain')).env.WORD).to.equal('first');
  });

  it('spreads connections over all Pods of a Service, which others find by its name', async () => {
    const answers = new Set<string>();
    await eventually(async () => {
      answers.add(await ask('plain', `/fetch?url=http://plain.${namespace}.svc/who`));
      expect(answers.size).to.equal(2);
    });
    const nodes = await kubectl([
      'get',
      'pods',
      '-l',
      'app=plain',
      '-o',
      'jsonpath={.items[*].spec.nodeName}',
    ]);
    expect(nodes.split(' ').sort()).to.deep.equal(['node-a', 'node-b']);
  });

  it('sends nobody to a Pod whose readiness probe fails', async () => {
    const sick = await ask('plain', '/who');
    const pod = JSON.parse(await kubectl(['get', 'pod', sick, '-o', 'json'])) as {
      readonly status: { readonly podIP: string };
    };
    await fetch(`http://${pod.status.podIP}:8080/sick`);

    await kubectl(['wait', '--for=condition=Ready=false', `pod/${sick}`, '--timeout=60s']);

    const answers = await Promise.all(Array.from({ length: 6 }, () => ask('plain', '/who')));
    expect(answers).to.not.include(sick);
    expect(new Set(answers).size).to.equal(1);
  });

  it('starts a container again that has ended, and counts', async () => {
    await apply(deployment('crashing'), service('crashing'));
    await rolledOut('crashing');
    await ask('crashing', '/exit');

    await eventually(async () => {
      const path = '{.items[0].status.containerStatuses[0]}';
      const status = await kubectl(['get', 'pods', '-l', 'app=crashing', '-o', `jsonpath=${path}`]);
      expect(JSON.parse(status)).to.deep.include({ restartCount: 1, ready: true });
      expect(JSON.parse(status)).to.have.nested.property('lastState.terminated.exitCode', 7);
    }, 60_000);
  });

  it('starts a container again whose liveness probe fails', async () => {
    const livenessProbe = {
      httpGet: { path: '/ready', port: 8080 },
      periodSeconds: 1,
      initialDelaySeconds: 5,
    };
    await apply(deployment('stuck', { container: { livenessProbe } }), service('stuck'));
    await rolledOut('stuck');
    await ask('stuck', '/sick');

    await eventually(async () => {
      const path = '{.items[0].status.containerStatuses[0].restartCount}';
      expect(await kubectl(['get', 'pods', '-l', 'app=stuck', '-o', `jsonpath=${path}`])).to.equal('1');
    }, 60_000);
  });

  it('rolls out a change and leaves nothing of the former Pods', async () => {
    const change = { args: ['--said=again'] };
    await apply(deployment('changing', { replicas: 2 }));
    await rolledOut('changing');
    await apply(deployment('changing', { replicas: 2, container: change }));
    await rolledOut('changing');

    await eventually(async () => {
      const pods = await kubectl(['get', 'pods', '-l', 'app=changing', '-o', 'name']);
      expect(pods.trim().split('\n')).to.have.length(2);
    }, 60_000);
    await kubectl(['delete', 'deployment', 'changing', '--timeout=60s']);
    await kubectl(['wait', '--for=delete', 'pod', '-l', 'app=changing', '--timeout=60s']);
  });

  it('finishes a Job, and one that fails too', async () => {
    await apply(job('good', 0), job('bad', 3));

    await kubectl(['wait', '--for=condition=Complete', 'job/good', '--timeout=60s']);
    await kubectl(['wait', '--for=condition=Failed', 'job/bad', '--timeout=60s']);
    await kubectl(['delete', 'job', 'good', 'bad', '--timeout=60s']);
    await eventually(async () =>
      expect(await kubectl(['get', 'pods', '-l', 'job-name', '-o', 'name'])).to.equal(''),
    );
  });

  it('starts nothing whose image nobody knows, and says so', async () => {
    await apply(deployment('foreign', { container: { image: 'program:2' } }));

    await eventually(async () => {
      const path = '{.items[0].status.containerStatuses[0].state.waiting.reason}';
      const reason = await kubectl(['get', 'pods', '-l', 'app=foreign', '-o', `jsonpath=${path}`]);
      expect(reason).to.equal('ErrImagePull');
    }, 60_000);
  });

  it('starts nothing of a Pod that says what nobody here heeds, and names it', async () => {
    await apply(deployment('odd', { container: { stdin: true } }));

    await eventually(async () => {
      const path = '{.items[0].status.containerStatuses[0].state.waiting.message}';
      const message = await kubectl(['get', 'pods', '-l', 'app=odd', '-o', `jsonpath=${path}`]);
      expect(message).to.contain('nobody here knows spec.containers.stdin');
    }, 60_000);
  });
});
