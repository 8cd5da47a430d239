import { expect } from 'chai';
import { durationText, setting } from '../../../src/runtime/setting.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import { describeSettings, readSettings, SettingsError } from '../../../src/runtime/settings.ts';

const shape = {
  host: setting.string({ env: 'PORTCULLIS_HOST', help: 'Where to listen', default: '0.0.0.0' }),
  port: setting.integer({ env: 'PORTCULLIS_PORT', help: 'The port', min: 1, max: 65535 }),
  quiet: setting.boolean({ env: 'PORTCULLIS_QUIET', help: 'Says less', default: false }),
  level: setting.oneOf({
    env: 'PORTCULLIS_LEVEL',
    help: 'How much',
    values: ['low', 'high'],
    default: 'low',
  }),
  tools: setting.list({ env: 'PORTCULLIS_TOOLS', help: 'Who', default: ['helm', 'argocd-*'] }),
  drainMs: setting.durationMs({ env: 'PORTCULLIS_DRAIN', help: 'How long', max: 60_000, default: 30_000 }),
  server: setting.url({ env: 'PORTCULLIS_SERVER', help: 'Whom', protocols: ['https'], default: undefined }),
  token: setting.sensitive({ env: 'PORTCULLIS_TOKEN', help: 'What to show', default: undefined }),
};

function mistakesIn(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment, shape);
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('come from the environment, and from their defaults', () => {
    expect(readSettings({ PORTCULLIS_PORT: '443', PORTCULLIS_HOST: '', HOME: '/root' }, shape)).to.deep.equal(
      {
        host: '0.0.0.0',
        port: 443,
        quiet: false,
        level: 'low',
        tools: ['helm', 'argocd-*'],
        drainMs: 30_000,
        server: undefined,
        token: undefined,
      },
    );
  });

  it('can be a share, with its sign', () => {
    const share = setting.percent({ env: 'PORTCULLIS_SHARE', help: 'How much', default: 20 });
    expect(['0%', '20%', '100%'].map((text) => share.parse(text))).to.deep.equal([0, 20, 100]);
    for (const text of ['20', '0.2', '101%', '-5%', '20 %', '%'])
      expect(share.parse(text), text).to.equal(undefined);
    expect(share.show(20)).to.equal('20%');
  });

  describe('that name namespaces', () => {
    const watched = setting.namespaces({
      env: 'PORTCULLIS_WATCHED',
      help: 'Which',
      except: 'kube-system',
      default: [],
    });

    it('have each of them once, without blanks', () =>
      expect(watched.parse(' shop, bank,shop ,')).to.deep.equal(['shop', 'bank']));

    for (const name of ['Shop', 'shop_1', '-shop', 'shop-', 'a.b', 'a b', 's'.repeat(64), 'kube-system', '*'])
      it(`do not take ${name} for one`, () => expect(watched.parse(`shop,${name}`)).to.equal(undefined));

    it('say what they want', () =>
      expect(watched.wanted).to.contain('separated by commas').and.to.contain('not kube-system'));
  });

  it('have the types that are declared', () => {
    const settings = readSettings(
      {
        PORTCULLIS_PORT: '8443',
        PORTCULLIS_QUIET: 'true',
        PORTCULLIS_LEVEL: 'high',
        PORTCULLIS_TOOLS: 'a, b,,',
        PORTCULLIS_DRAIN: '1m',
        PORTCULLIS_SERVER: 'https://api.example.com',
        PORTCULLIS_TOKEN: 's3cr3t',
      },
      shape,
    );
    const server: URL | undefined = settings.server;
    const level: 'low' | 'high' = settings.level;
    expect(server?.host).to.equal('api.example.com');
    expect(level).to.equal('high');
    expect(settings.tools).to.deep.equal(['a', 'b']);
    expect(settings.drainMs).to.equal(60_000);
    expect(settings.token).to.be.instanceOf(Sensitive);
    expect(settings.token?.reveal()).to.equal('s3cr3t');
  });

  it('are refused with every mistake at once, each with what is wanted and what stands there', () => {
    const environment = {
      PORTCULLIS_QUIET: 'yes',
      PORTCULLIS_LEVEL: 'medium',
      PORTCULLIS_DRAIN: '5m',
      PORTCULLIS_SERVER: 'http://x',
      PORTCULLIS_HOTS: '::1',
    };
    expect(mistakesIn(environment)).to.deep.equal([
      'PORTCULLIS_PORT: is required, must be a whole number from 1 to 65535 (The port)',
      'PORTCULLIS_QUIET: must be "true" or "false", got "yes"',
      'PORTCULLIS_LEVEL: must be one of low, high, got "medium"',
      'PORTCULLIS_DRAIN: must be a duration such as 500ms, 30s, 5m or 2h of at most 1m, got "5m"',
      'PORTCULLIS_SERVER: must be a URL that begins with https://, got "http://x"',
      'PORTCULLIS_HOTS: is not a setting of this process',
    ]);
  });

  for (const port of ['0', '65536', '80.5', '0x50', '1e3', ' 80', 'eighty', '99999999999999999999']) {
    it(`do not take ${JSON.stringify(port)} for a port`, () => {
      expect(mistakesIn({ PORTCULLIS_PORT: port })).to.have.lengthOf(1);
    });
  }

  it('overlook what Kubernetes sets for a Service of ours, and explain it where it is in the way', () => {
    const links = {
      PORTCULLIS_WEBHOOK_SERVICE_HOST: '10.0.0.1',
      PORTCULLIS_WEBHOOK_SERVICE_PORT_HTTPS: '443',
      PORTCULLIS_WEBHOOK_PORT: 'tcp://10.0.0.1:443',
      PORTCULLIS_WEBHOOK_PORT_443_TCP_ADDR: '10.0.0.1',
    };
    expect(mistakesIn({ ...links, PORTCULLIS_PORT: '443' })).to.deep.equal([]);
    expect(mistakesIn({ PORTCULLIS_PORT: 'tcp://10.0.0.1:443' })[0]).to.include('enableServiceLinks: false');
  });

  it('are described with their defaults, as they would be written', () => {
    const text = describeSettings(shape);
    expect(text).to.include('PORTCULLIS_DRAIN\n      How long\n');
    expect(text).to.include('default: 30s');
    expect(text).to.include('default: helm,argocd-*');
    expect(text).to.match(/PORTCULLIS_PORT\n.*\n.*; required/);
  });

  for (const [ms, text] of [
    [0, '0ms'],
    [1500, '1500ms'],
    [90_000, '90s'],
    [120_000, '2m'],
    [86_400_000, '1d'],
  ] as const) {
    it(`show ${ms} milliseconds as ${text}`, () => expect(durationText(ms)).to.equal(text));
  }
});
