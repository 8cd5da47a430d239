import { expect } from 'chai';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';
import { parseExposition, valueOf } from '../../support/exposition.ts';
import { installCrds } from '../../support/install.ts';
import { Replicas, type Replica } from '../../support/replicas.ts';
import { eventually, startScene, type Scene } from './scene.ts';

describe('what a controller serves to Prometheus', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let replicas: Replicas;
  let replica: Replica;
  let scene: Scene;

  before(async () => {
    await installCrds();
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: await freshNamespace('metrics-home'),
      PORTCULLIS_DRIFT_INTERVAL_SECONDS: '1',
    });
    scene = await startScene('metrics', { api: 'v1' });
    replica = await replicas.start('controller');
    // A replica that stands by is ready: what was created before it leads is no news to it.
    await eventually(async () =>
      expect((await replica.log()).map(({ msg }) => msg)).to.include('Every kind is listed; the work begins'),
    );
  });
  after(async () => {
    await scene.end();
    await replicas.stop();
  });

  /** One scrape, over HTTP. */
  const scrape = async () => {
    const response = await fetch(`${replica.probeUrl}/metrics`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
    return parseExposition(await response.text());
  };
  const until = async (name: string, labels: Record<string, string>, value: number) =>
    eventually(async () => {
      expect(valueOf(await scrape(), name, labels), `${name}${JSON.stringify(labels)}`).to.equal(value);
    }, 60_000);
  const gateway = () => `${scene.namespace}/main`;

  it('counts what it did in the words of controller-runtime', async () => {
    await scene.apply(scene.resource('RestApi', 'books'));
    await scene.until('RestApi', 'books', 'Ready', 'True');
    const families = await scrape();
    const controller = 'restapi';
    const is = (name: string, labels = {}) => valueOf(families, name, { controller, ...labels });
    expect(is('controller_runtime_reconcile_total', { result: 'success' })).to.be.at.least(1);
    expect(is('controller_runtime_reconcile_errors_total')).to.equal(0);
    expect(is('controller_runtime_reconcile_time_seconds_count')).to.be.at.least(1);
    expect(is('controller_runtime_max_concurrent_reconciles')).to.be.at.least(1);
    expect(is('workqueue_adds_total', { name: 'restapi' })).to.be.at.least(1);
    expect(is('workqueue_queue_duration_seconds_count')).to.be.at.least(1);
    expect(is('workqueue_work_duration_seconds_count')).to.be.at.least(1);
    expect(valueOf(families, 'leader_election_master_status', { name: 'portcullis-controller' })).to.equal(1);
    expect(valueOf(families, 'rest_client_requests_total', { code: '200', method: 'PATCH' })).to.be.at.least(
      1,
    );
    const hosts = families.get('rest_client_requests_total')?.series.map(({ labels }) => labels.host);
    expect([...new Set(hosts)]).to.deep.equal([new URL(replica.api.url).host]);
    expect(valueOf(families, 'process_cpu_seconds_total')).to.be.above(0);
  });

  it('tells how long it took, and how gateways answered', async () => {
    await until('portcullis_controller_time_to_programmed_seconds_count', { controller: 'restapi' }, 1);
    await until('portcullis_controller_gateway_reachable', { gateway: gateway() }, 1);
    const posts = { gateway: gateway(), method: 'POST', code: '2xx' };
    await until('portcullis_controller_gateway_request_seconds_count', posts, 1);
    await until('portcullis_controller_bindings', { gateway: gateway(), state: 'programmed' }, 1);
  });

  it('counts what is refused, what fails and what is put right', async () => {
    scene.gateway.faults.add({ method: 'PUT', status: 503 });
    scene.gateway.tamper.edit('rest-apis', 'books', ({ spec }) => {
      spec.context = '/elsewhere';
    });
    await until('portcullis_controller_drift_found_total', { drift: 'edited' }, 1);
    await eventually(async () => {
      const families = await scrape();
      const errors = { controller: 'restapi' };
      expect(valueOf(families, 'controller_runtime_reconcile_errors_total', errors)).to.be.at.least(1);
      expect(valueOf(families, 'workqueue_retries_total', errors)).to.be.at.least(1);
    });
    await until('portcullis_controller_bindings', { gateway: gateway(), state: 'failing' }, 1);
    scene.gateway.faults.clear();
    await until('portcullis_controller_drift_repaired_total', { drift: 'edited' }, 1);
  });

  it('never names a resource in a label', async () => {
    for (const { series } of (await scrape()).values())
      for (const { labels } of series) expect(Object.values(labels)).not.to.include('books');
  });

  it('forgets a gateway with its APIGateway', async () => {
    await scene.remove('RestApi', 'books');
    await scene.gone('RestApi', 'books');
    await scene.remove(`apigateways.gateway.api-platform.wso2.com`, 'main');
    await eventually(async () => {
      const response = await fetch(`${replica.probeUrl}/metrics`);
      expect(await response.text()).not.to.contain(gateway());
    });
  });
});
