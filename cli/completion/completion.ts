import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { personalKubeConfig } from '../../src/kube/kubeconfig.ts';

/**
 * Adds `completion bash|zsh|fish|powershell`, which prints a script for the shell, and the hidden `complete`, which that
 * script asks. What is offered derives from the commands themselves; contexts come from the kubeconfig.
 */
export function addCompletion(program: Command): void {
  const completion = tab(program, { completionCommandName: 'completion' });
  for (const { options } of completion.commands.values()) {
    const context = options.get('context');
    if (context !== undefined)
      context.handler = (complete) => {
        for (const name of contexts()) complete(name, '');
      };
  }
}

function contexts(): readonly string[] {
  try {
    return personalKubeConfig({})
      .getContexts()
      .map(({ name }) => name);
  } catch {
    // Without a kubeconfig there is none to offer, and a completion has nowhere to complain.
    return [];
  }
}
