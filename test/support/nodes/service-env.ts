import type { ServiceObject } from './endpoints.ts';

/**
 * The variables by which containers find Services: those of `kubernetes` always, those of the Pod's namespace unless it
 * wants none. They may collide with a program's own settings, which is why they are given here too.
 */
export function serviceEnv(
  services: readonly ServiceObject[],
  namespace: string | undefined,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { metadata, spec } of services) {
    const isApiServer = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    const { clusterIP = '', ports: [first] = [] } = spec;
    if ((!isApiServer && metadata.namespace !== namespace) || !/^\d/.test(clusterIP) || first === undefined)
      continue;
    const name = metadata.name.toUpperCase().replaceAll('-', '_');
    const port = String(first.port);
    env[`${name}_SERVICE_HOST`] = clusterIP;
    env[`${name}_SERVICE_PORT`] = port;
    env[`${name}_PORT`] = `tcp://${clusterIP}:${port}`;
    env[`${name}_PORT_${port}_TCP`] = `tcp://${clusterIP}:${port}`;
    env[`${name}_PORT_${port}_TCP_ADDR`] = clusterIP;
    env[`${name}_PORT_${port}_TCP_PORT`] = port;
    env[`${name}_PORT_${port}_TCP_PROTO`] = 'tcp';
  }
  return env;
}
