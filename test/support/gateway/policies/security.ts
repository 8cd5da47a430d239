import type { PolicyDefinition } from './definition.ts';
import { closed, filled, flag, headerName, listOf, oneOf, open, text } from './schemas.ts';

const texts = listOf(text);
const textByName = { type: 'object', additionalProperties: text };
const guarded = closed({ enabled: flag, exceptions: texts });

/** Definitions that decide who may call. */
export const securityPolicies: readonly PolicyDefinition[] = [
  {
    name: 'api-key-auth',
    version: 'v1.0.3',
    description: 'Lets a call through that carries a valid API key.',
    parameters: closed({ key: text, in: oneOf('header') }, ['key', 'in']),
    systemParameters: open({ issuer: text }),
  },
  {
    name: 'basic-auth',
    version: 'v1.0.1',
    description: 'Lets a call through that carries one user name and password.',
    parameters: open({ username: filled, password: filled, realm: filled, allowUnauthenticated: flag }, [
      'username',
      'password',
    ]),
  },
  {
    name: 'jwt-auth',
    version: 'v1.0.4',
    description: 'Lets a call through that carries a token of a known issuer.',
    parameters: closed({
      issuers: texts,
      audiences: texts,
      requiredScopes: texts,
      requiredClaims: textByName,
      claimMappings: textByName,
      userIdClaim: text,
      authHeaderPrefix: text,
      headerName,
      forwardToken: flag,
      forwardedTokenHeader: headerName,
    }),
    systemParameters: open({ keyManagers: { type: 'array' }, leeway: text }),
  },
  {
    name: 'mcp-auth',
    version: 'v1.0.2',
    description: 'Asks callers of an MCP server for a token of a known issuer.',
    parameters: closed({
      issuers: texts,
      requiredScopes: texts,
      claimMappings: textByName,
      methods: guarded,
      prompts: guarded,
      resources: guarded,
      tools: guarded,
    }),
    systemParameters: open({ keyManagers: { type: 'array' }, gatewayHost: text }),
  },
  {
    name: 'subscription-validation',
    version: 'v1.0.1',
    description: 'Lets a call through that carries the token of an active subscription.',
    parameters: closed({ subscriptionKeyHeader: text, subscriptionKeyCookie: text }),
  },
];
