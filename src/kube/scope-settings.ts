import { unreviewedNamespace } from '../model/unreviewed.ts';
import { setting } from '../runtime/setting.ts';

/** What all processes of an installation must be told alike. */
export const scopeSettings = {
  watchNamespaces: setting.namespaces({
    env: 'PORTCULLIS_WATCH_NAMESPACES',
    help: 'Namespaces that are watched, with Roles in them sufficing; all where none is named. Nothing outside of them is read or written, nor taken for gone. Tell all processes the same',
    except: unreviewedNamespace,
    default: [],
  }),
} as const;
