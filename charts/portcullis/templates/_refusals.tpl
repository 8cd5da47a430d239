{{/*
Two installations in one cluster would both review every resource and both write to every gateway. The webhooks' names
are the same in each, so another release is found by them. Without a cluster to ask (helm template) nothing is found.
*/}}
{{- define "portcullis.refuseSecondRelease" -}}
{{- $ours := printf "%s/%s" .Release.Namespace .Release.Name -}}
{{- range $kind, $webhooks := .Files.Get "files/webhooks.yaml" | fromYaml -}}
{{- $names := list -}}
{{- range $webhooks -}}{{- $names = append $names .name -}}{{- end -}}
{{- range (lookup "admissionregistration.k8s.io/v1" $kind "" "").items -}}
{{- $configuration := . -}}
{{- $annotations := default (dict) .metadata.annotations -}}
{{- $owner := printf "%s/%s" (index $annotations "meta.helm.sh/release-namespace" | default "") (index $annotations "meta.helm.sh/release-name" | default "") -}}
{{- range default (list) .webhooks -}}
{{- if and (has .name $names) (ne $owner $ours) -}}
{{- if eq $owner "/" -}}
{{- if ne $configuration.metadata.name (include "portcullis.fullname" $) -}}
{{- fail (printf "\n\nPortcullis stands in this cluster already, put there by other means than helm: %s %s reviews the same resources, and a cluster has one Portcullis.\nTo go on without it, delete that object first: kubectl delete %s %s\n" $kind $configuration.metadata.name (lower $kind) $configuration.metadata.name) -}}
{{- end -}}
{{- else -}}
{{- fail (printf "\n\nPortcullis stands in this cluster already: %s %s belongs to release %q in namespace %q, and a cluster has one Portcullis.\nTo change that one: helm upgrade %s ... --namespace %s\nTo replace it: helm uninstall %s --namespace %s, and then install this one.\n" $kind $configuration.metadata.name (last (splitList "/" $owner)) (first (splitList "/" $owner)) (last (splitList "/" $owner)) (first (splitList "/" $owner)) (last (splitList "/" $owner)) (first (splitList "/" $owner))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
