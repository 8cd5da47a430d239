import type { Layout } from '../../src/export/files.ts';
import type { ConnectionOptions } from '../connect.ts';

/** The options of the command, as commander reads them. */
export interface ExportOptions extends ConnectionOptions {
  readonly gateway?: string;
  readonly fromOperator?: boolean;
  readonly apply?: boolean;
  readonly to: string;
  readonly secrets?: string;
  readonly layout: Layout;
  readonly force?: boolean;
  readonly adoptionPolicy?: string;
  readonly address?: string;
  readonly apiVersion: 'Auto' | 'v0.9' | 'v1';
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly insecureSkipVerify?: boolean;
}
