import type { Condition } from '../../src/model/status.ts';
import type { Unknown } from './liveness.ts';

/** What was learned of who is let in at an admin port. */
export type AdminNews =
  /** It gives the dump to anybody who reaches it. */
  { readonly is: 'open' } | { readonly is: 'guarded' } | { readonly is: 'off' } | { readonly is: 'nowhere' };

/** The settings of the gateway-controller of the platform's newest state; its chart has them below `gateway.config`. */
const dumpSetting = 'controller.admin_server.config_dump.enabled';
const addressSetting = 'controller.admin_server.allowed_ips';

export const dumpIsOff: Unknown = {
  reason: 'DumpIsOff',
  message: `its config_dump is switched off; the gateway's setting ${dumpSetting} switches it on`,
};

export const guardType = 'AdminPortGuarded';

type News = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** The condition that warns of secrets in clear; none before anything was learned, and where nobody can be asked. */
export function adminPortGuarded(news: AdminNews | undefined): readonly News[] {
  const type = guardType;
  switch (news?.is) {
    case undefined:
    case 'nowhere':
      return [];
    case 'open':
      return [
        {
          type,
          status: 'False',
          reason: 'SecretsInClear',
          message: `its admin port gives config_dump, where secrets stand in clear, to whoever reaches it; let nobody but Portcullis reach it, by a NetworkPolicy or the gateway's setting ${addressSetting}, or take a gateway that asks for credentials there`,
        },
      ];
    case 'guarded':
      return [
        { type, status: 'True', reason: 'AsksForCredentials', message: 'its config_dump wants credentials' },
      ];
    case 'off':
      return [{ type, status: 'True', reason: 'DumpIsOff', message: 'its config_dump is switched off' }];
  }
}
