{{/* What of files/grants.yaml is needed with these values; each condition is explained in src/manifests/rbac.ts. */}}
{{- define "portcullis.conditions" -}}
{{- $elsewhere := and .Values.watchNamespaces (not (has .Release.Namespace .Values.watchNamespaces)) -}}
always: true
elsewhere: {{ not (empty $elsewhere) }}
createsNoSecrets: {{ or (not (empty $elsewhere)) (not .Values.generatedKeys.enabled) }}
generatedKeys: {{ .Values.generatedKeys.enabled }}
policyReports: {{ .Values.reviewPolicies.policyReports }}
noPolicyReports: {{ not .Values.reviewPolicies.policyReports }}
reviewedMetrics: {{ eq .Values.metrics.access "reviewed" }}
selfSigned: {{ eq .Values.certificates.mode "self-signed" }}
certificateInSecret: {{ ne .Values.certificates.mode "vault" }}
deletesResources: {{ eq .Values.uninstall.resources "delete" }}
{{- end -}}

{{/* The rules of a `process` in some of the `scopes`, as a list; empty where there are none. */}}
{{- define "portcullis.rules" -}}
{{- $conditions := include "portcullis.conditions" .root | fromYaml -}}
{{- $rules := list -}}
{{- range (tpl (.root.Files.Get "files/grants.yaml") .root | fromYaml).grants -}}
{{- if and (eq .process $.process) (has .scope $.scopes) (index $conditions .when) -}}
{{- $rules = concat $rules .rules -}}
{{- end -}}
{{- end -}}
{{- with $rules -}}{{ toYaml . }}{{- end -}}
{{- end -}}

{{/* A role of a process and its binding: `name`, `namespace` (none: in the whole cluster), `process`, `rules`, `annotations`. */}}
{{- define "portcullis.role" -}}
{{- $prefix := ternary "Cluster" "" (empty .namespace) -}}
{{- $metadata := dict "root" .root "component" .process "name" .name "clusterwide" (empty .namespace) "namespace" .namespace "annotations" .annotations -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}Role
metadata:
  {{- include "portcullis.metadata" $metadata | nindent 2 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}RoleBinding
metadata:
  {{- include "portcullis.metadata" $metadata | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $prefix }}Role
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "portcullis.serviceAccount" (dict "root" .root "component" .process) }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}


{{/* Every role of a `process`; `annotations` of hooks. Where namespaces are named, one of them in each. */}}
{{- define "portcullis.roles" -}}
{{- $asked := dict "root" .root "process" .process "annotations" .annotations -}}
{{- $name := printf "%s-%s" (include "portcullis.fullname" .root) .process -}}
{{- $namespaces := .root.Values.watchNamespaces -}}
{{- $scopes := empty $namespaces | ternary (list "resources" "cluster") (list "cluster") -}}
{{- include "portcullis.role" (merge (dict "name" $name "rules" (include "portcullis.rules" (merge (dict "scopes" $scopes) $asked))) $asked) }}
{{- $rules := include "portcullis.rules" (merge (dict "scopes" (list "resources")) $asked) }}
{{- range $namespaces }}
---
{{ include "portcullis.role" (merge (dict "name" $name "namespace" . "rules" $rules) $asked) }}
{{- end }}
---
{{ include "portcullis.role" (merge (dict "name" (printf "%s-own" $name) "namespace" .root.Release.Namespace "rules" (include "portcullis.rules" (merge (dict "scopes" (list "own")) $asked))) $asked) }}
{{- end -}}
