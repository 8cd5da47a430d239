import { KindTable } from '../model/kind-table.ts';
import { apiKey } from './api-key.ts';
import { certificate } from './certificate.ts';
import { llmProvider } from './llm-provider.ts';
import { llmProviderTemplate } from './llm-provider-template.ts';
import { llmProxy } from './llm-proxy.ts';
import { mcp } from './mcp.ts';
import { restApi } from './rest-api.ts';
import { managedSecret, secretKind } from './secret.ts';
import { subscription } from './subscription.ts';
import { subscriptionPlan } from './subscription-plan.ts';
import { webSubApi } from './websub-api.ts';

/** Every kind that stands for something at a gateway. A new kind is a file beside this one and a line here. */
export const table = new KindTable([
  restApi,
  webSubApi,
  mcp,
  llmProviderTemplate,
  llmProvider,
  llmProxy,
  secretKind,
  managedSecret,
  apiKey,
  certificate,
  subscriptionPlan,
  subscription,
]);
