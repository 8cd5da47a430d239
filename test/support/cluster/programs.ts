/** The programs that a local control plane is made of: where their source is, and what building them costs. */

export interface GoModule {
  readonly path: string;
  readonly version: string;
  /**
   * The version of the module's staging repositories. Kubernetes requires them as `v0.0.0` and replaces them by
   * folders of its own, which only holds while it is the main module; published, they are `v0.<minor>.<patch>`.
   */
  readonly stagingVersion?: string;
}

export interface Program {
  readonly name: ProgramName;
  readonly module: GoModule;
  readonly package: string;
  /** What upstream's source asks for by build tags. */
  readonly tags?: string;
  /** Values that upstream's release builds set at link time, most of all the version that the program reports. */
  readonly linkValues?: Readonly<Record<string, string>>;
  /** What a build takes on 2 cores with nothing in Go's cache (measured), in seconds. */
  readonly coldBuildSeconds: number;
  /** Whether the machine's own program, asked for its version, is near enough to ours to be used. */
  readonly accepts?: { readonly versionArgs: readonly string[]; isNear(output: string): boolean };
}

export type ProgramName =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl' | 'helm' | 'vault' | 'promtool';

const etcd: GoModule = { path: 'go.etcd.io/etcd/server/v3', version: 'v3.7.3' };
const kubernetes: GoModule = { path: 'k8s.io/kubernetes', version: 'v1.36.3', stagingVersion: 'v0.36.3' };
const helm: GoModule = { path: 'helm.sh/helm/v4', version: 'v4.3.1' };
/**
 * The source of a release has modules of its own below it, which its go.mod replaces by folders. Built from outside, it
 * gets them as they were published: here the newest release that fits those of its go.mod (v1.21.4 does not). For tests,
 * which its licence (BUSL 1.1) allows; OpenBao's module (v2 without a /v2) can't be had from a proxy.
 */
const vault: GoModule = { path: 'github.com/hashicorp/vault', version: 'v1.21.2' };

const prometheus: GoModule = { path: 'github.com/prometheus/prometheus', version: 'v0.315.0' };

/** Without these, version negotiation and charts that ask for a `kubeVersion` see `v0.0.0-master`. */
const kubernetesVersion = {
  'k8s.io/component-base/version.gitVersion': kubernetes.version,
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
  'k8s.io/component-base/version.gitTreeState': 'clean',
};

export const programs: Readonly<Record<ProgramName, Program>> = {
  etcd: { name: 'etcd', module: etcd, package: etcd.path, coldBuildSeconds: 15 },
  'kube-apiserver': {
    name: 'kube-apiserver',
    module: kubernetes,
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    linkValues: kubernetesVersion,
    coldBuildSeconds: 420,
  },
  'kube-controller-manager': {
    name: 'kube-controller-manager',
    module: kubernetes,
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    linkValues: kubernetesVersion,
    coldBuildSeconds: 300,
  },
  kubectl: {
    name: 'kubectl',
    module: kubernetes,
    package: 'k8s.io/kubernetes/cmd/kubectl',
    linkValues: kubernetesVersion,
    coldBuildSeconds: 60,
    // kubectl supports API servers one minor version older or newer: https://kubernetes.io/releases/version-skew-policy/
    accepts: {
      versionArgs: ['version', '--client', '--output=json'],
      isNear: (output) => /"gitVersion":\s*"v1\.3[567]\./.test(output),
    },
  },
  helm: {
    name: 'helm',
    module: helm,
    package: 'helm.sh/helm/v4/cmd/helm',
    linkValues: { 'helm.sh/helm/v4/internal/version.version': helm.version },
    coldBuildSeconds: 210,
    accepts: { versionArgs: ['version', '--short'], isNear: (output) => output.startsWith('v4.') },
  },
  vault: {
    name: 'vault',
    module: vault,
    package: vault.path,
    // The engines and logins of Vault itself: PKI, AppRole and JWT among them, without the clients of every cloud.
    tags: 'minimal',
    // Estimated: it was built in two parts, of ten minutes together, on one core.
    coldBuildSeconds: 480,
    accepts: { versionArgs: ['version'], isNear: (output) => /^Vault v1\.(1[5-9]|[2-9]\d)\./.test(output) },
  },
  promtool: {
    name: 'promtool',
    module: prometheus,
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    // Nothing is discovered by it.
    tags: 'remove_all_sd',
    coldBuildSeconds: 130,
    accepts: { versionArgs: ['--version'], isNear: (output) => /version (2\.[3-9]\d|3)\./.test(output) },
  },
};
