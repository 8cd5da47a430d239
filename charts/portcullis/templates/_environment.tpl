{{/* A list of variables from a map: what is empty is left out, a list is joined by commas, a map stands as it is. */}}
{{- define "portcullis.variables" -}}
{{- range $name, $value := . }}
{{- if kindIs "map" $value }}
- name: {{ $name }}
  {{- toYaml $value | nindent 2 }}
{{- else if kindIs "slice" $value }}
{{- with $value }}
- name: {{ $name }}
  value: {{ join "," . | quote }}
{{- end }}
{{- else if and (not (kindIs "invalid" $value)) (ne (toString $value) "") }}
- name: {{ $name }}
  value: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What webhook and controller are told in the same words. The address is the Pod's own: other Pods of a node keep theirs. */}}
{{- define "portcullis.commonVariables" -}}
{{- $podIP := dict "valueFrom" (dict "fieldRef" (dict "apiVersion" "v1" "fieldPath" "status.podIP")) -}}
{{- dict
  "PORTCULLIS_NAMESPACE" .Release.Namespace
  "PORTCULLIS_PROBE_HOST" $podIP
  "PORTCULLIS_LOG_LEVEL" .Values.logLevel
  "PORTCULLIS_METRICS_ACCESS" .Values.metrics.access
  "PORTCULLIS_REACH" .Values.reach
  "PORTCULLIS_MAX_REMOVALS" .Values.maxRemovals
  "PORTCULLIS_CLUSTER_DOMAIN" .Values.clusterDomain
  "PORTCULLIS_WATCH_NAMESPACES" .Values.watchNamespaces
| toYaml -}}
{{- end -}}

{{- define "portcullis.webhook.variables" -}}
{{- $own := .Values.webhook -}}
{{- $certificates := .Values.certificates -}}
{{- $name := include "portcullis.fullname" . -}}
{{- $all := include "portcullis.commonVariables" . | fromYaml -}}
{{- $all = merge $all (dict
  "PORTCULLIS_HOST" $all.PORTCULLIS_PROBE_HOST
  "PORTCULLIS_PORT" $own.port
  "PORTCULLIS_PROBE_PORT" $own.probePort
  "PORTCULLIS_SERVICE" (printf "%s-webhook" $name)
  "PORTCULLIS_VALIDATING_CONFIGURATION" $name
  "PORTCULLIS_MUTATING_CONFIGURATION" $name
  "PORTCULLIS_ENFORCEMENT" $own.enforcement
  "PORTCULLIS_INLINE_SECRETS" $own.inlineSecrets
  "PORTCULLIS_DELIVERY_TOOLS" $own.deliveryTools
  "PORTCULLIS_MAX_IN_FLIGHT" $own.maxInFlight
  "PORTCULLIS_DRAIN" $own.drain
  "PORTCULLIS_CERTIFICATES" $certificates.mode
  "PORTCULLIS_MIN_TLS" $certificates.minTls
  "PORTCULLIS_CA_SETTLE" $certificates.caSettle
  "PORTCULLIS_CERTIFICATE_LIFE" $certificates.life
) -}}
{{- if ne $certificates.mode "vault" -}}
{{- $_ := set $all "PORTCULLIS_CERTIFICATE_SECRET" (include "portcullis.certificateSecret" .) -}}
{{- end -}}
{{- if eq $certificates.mode "self-signed" -}}
{{- $_ := set $all "PORTCULLIS_CA_LIFE" $certificates.caLife -}}
{{- end -}}
{{- if $certificates.clientCa.configMap -}}
{{- $_ := set $all "PORTCULLIS_CLIENT_CA_FILE" (printf "/etc/portcullis/client-ca/%s" $certificates.clientCa.key) -}}
{{- end -}}
{{- if eq $certificates.mode "vault" -}}
{{- $all = merge $all (include "portcullis.vaultVariables" . | fromYaml) -}}
{{- end -}}
{{- include "portcullis.variables" $all -}}
{{- end -}}

{{- define "portcullis.vaultVariables" -}}
{{- $vault := .Values.certificates.vault -}}
{{- $login := $vault.login -}}
{{- $all := dict
  "PORTCULLIS_VAULT_ADDRESS" $vault.address
  "PORTCULLIS_VAULT_NAMESPACE" $vault.namespace
  "PORTCULLIS_VAULT_MOUNT" $vault.mount
  "PORTCULLIS_VAULT_ROLE" $vault.role
  "PORTCULLIS_VAULT_NAMES" $vault.names
  "PORTCULLIS_VAULT_KEY" $vault.key
  "PORTCULLIS_VAULT_LOGIN" $login.method
  "PORTCULLIS_VAULT_LOGIN_MOUNT" $login.mount
-}}
{{- if $vault.ca.configMap -}}
{{- $_ := set $all "PORTCULLIS_VAULT_CA_FILE" (printf "/etc/portcullis/vault-ca/%s" $vault.ca.key) -}}
{{- end -}}
{{- if eq $login.method "kubernetes" -}}
{{- $_ := set $all "PORTCULLIS_VAULT_LOGIN_ROLE" $login.role -}}
{{- if $login.audience -}}
{{- $_ := set $all "PORTCULLIS_VAULT_SERVICE_ACCOUNT_TOKEN_FILE" "/var/run/secrets/portcullis/vault/token" -}}
{{- end -}}
{{- else if eq $login.method "approle" -}}
{{- $_ := set $all "PORTCULLIS_VAULT_ROLE_ID" $login.roleId -}}
{{- $_ := set $all "PORTCULLIS_VAULT_SECRET_ID_FILE" (printf "/etc/portcullis/vault-login/%s" $login.secret.key) -}}
{{- else -}}
{{- $_ := set $all "PORTCULLIS_VAULT_TOKEN_FILE" (printf "/etc/portcullis/vault-login/%s" $login.secret.key) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{- define "portcullis.controller.variables" -}}
{{- $own := .Values.controller -}}
{{- include "portcullis.variables" (merge (include "portcullis.commonVariables" . | fromYaml) (dict
  "PORTCULLIS_PROBE_PORT" $own.probePort
  "PORTCULLIS_DRIFT_INTERVAL_SECONDS" $own.driftIntervalSeconds
  "PORTCULLIS_DELETION_TIMEOUT" $own.deletionTimeout
  "PORTCULLIS_SHARDS" $own.shards
  "PORTCULLIS_LEASE_SECONDS" $own.leaseSeconds
  "PORTCULLIS_BESIDE_PLATFORM_OPERATOR" $own.besidePlatformOperator
  "PORTCULLIS_PLATFORM_OPERATOR_NAMESPACES" $own.platformOperatorNamespaces
  "PORTCULLIS_DEFAULT_CREDENTIALS" $own.defaultCredentials
  "PORTCULLIS_POLICY_REPORTS" .Values.reviewPolicies.policyReports
  "PORTCULLIS_PACKS" (include "portcullis.packs" .)
)) -}}
{{- end -}}
