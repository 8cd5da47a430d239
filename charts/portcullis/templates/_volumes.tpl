{{/* What certificates need as files: volumes, and where they are mounted. */}}
{{- define "portcullis.webhook.files" -}}
{{- $certificates := .Values.certificates -}}
{{- $vault := $certificates.vault -}}
{{- $login := $vault.login -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- with $certificates.clientCa.configMap -}}
{{- $volumes = append $volumes (dict "name" "client-ca" "configMap" (dict "name" .)) -}}
{{- $mounts = append $mounts (dict "name" "client-ca" "mountPath" "/etc/portcullis/client-ca" "readOnly" true) -}}
{{- end -}}
{{- if eq $certificates.mode "vault" -}}
{{- with $vault.ca.configMap -}}
{{- $volumes = append $volumes (dict "name" "vault-ca" "configMap" (dict "name" .)) -}}
{{- $mounts = append $mounts (dict "name" "vault-ca" "mountPath" "/etc/portcullis/vault-ca" "readOnly" true) -}}
{{- end -}}
{{- if ne $login.method "kubernetes" -}}
{{- $volumes = append $volumes (dict "name" "vault-login" "secret" (dict "secretName" $login.secret.name)) -}}
{{- $mounts = append $mounts (dict "name" "vault-login" "mountPath" "/etc/portcullis/vault-login" "readOnly" true) -}}
{{- else if $login.audience -}}
{{- $token := dict "path" "token" "audience" $login.audience "expirationSeconds" 3600 -}}
{{- $volumes = append $volumes (dict "name" "vault-token" "projected" (dict "sources" (list (dict "serviceAccountToken" $token)))) -}}
{{- $mounts = append $mounts (dict "name" "vault-token" "mountPath" "/var/run/secrets/portcullis/vault" "readOnly" true) -}}
{{- end -}}
{{- end -}}
{{- dict "volumes" $volumes "mounts" $mounts | toYaml -}}
{{- end -}}

{{- define "portcullis.controller.files" -}}
volumes: []
mounts: []
{{- end -}}
