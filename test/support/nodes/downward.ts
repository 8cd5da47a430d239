import type { Pod } from './pod.ts';

/** What a Pod is told of itself. Fails for a field that nobody here knows. */
export function fieldOf(pod: Pod, path: string): string {
  const { metadata, spec, status } = pod;
  const key = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (key !== null) return metadata[key[1] as 'labels' | 'annotations']?.[key[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'metadata.labels':
    case 'metadata.annotations':
      return Object.entries(metadata[path === 'metadata.labels' ? 'labels' : 'annotations'] ?? {})
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join('\n');
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return status?.podIP ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return status?.hostIP ?? '';
    default:
      throw new Error(`nobody here knows the field ${path}`);
  }
}
