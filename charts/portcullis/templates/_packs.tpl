{{/*
The policies of a `pack` with the values in their places, as a list; none where it is switched off. A parameter is a
variable of the policy and bears the name of its value. It is put there as a literal of CEL, quoted as JSON is, so that
no value is ever read as an expression.
*/}}
{{- define "portcullis.pack" -}}
{{- $own := index .root.Values.reviewPolicies.packs .pack -}}
{{- $policies := list -}}
{{- if $own.enabled -}}
{{- $pack := .root.Files.Get (printf "packs/%s.yaml" .pack) | fromYamlArray -}}
{{- $all := list -}}
{{- range $pack -}}{{- range .spec.rules -}}{{- $all = append $all .name -}}{{- end -}}{{- end -}}
{{- $named := keys $own.actions -}}
{{- range $own.exceptions -}}{{- $named = concat $named (default (list) .rules) -}}{{- end -}}
{{- range $named -}}
{{- if not (has . $all) -}}
{{- fail (printf "reviewPolicies.packs.%s: the pack has no rule %q; it has %s" $.pack . (join ", " $all)) -}}
{{- end -}}
{{- end -}}
{{- range $policy := $pack -}}
{{- $spec := $policy.spec -}}
{{- range $variable := default (list) $spec.variables -}}
{{- if hasKey $own $variable.name -}}
{{- $value := index $own $variable.name -}}
{{- $_ := set $variable "expression" (kindIs "string" $value | ternary (printf "duration(%s)" (toJson $value)) (toJson $value)) -}}
{{- end -}}
{{- end -}}
{{- $names := list -}}
{{- range $rule := $spec.rules -}}
{{- $names = append $names $rule.name -}}
{{- $action := index $own.actions $rule.name | default $own.action -}}
{{- if $action -}}{{- $_ := set $rule "action" $action -}}{{- end -}}
{{- end -}}
{{- with $own.excludeNamespaces -}}
{{- $_ := set $spec "match" (merge (dict "excludeNamespaces" .) (default (dict) $spec.match)) -}}
{{- end -}}
{{- with $own.rollout -}}{{- $_ := set $spec "rollout" . -}}{{- end -}}
{{- $exceptions := list -}}
{{- range $exception := $own.exceptions -}}
{{- $rules := list -}}
{{- range default $names $exception.rules -}}{{- if has . $names -}}{{- $rules = append $rules . -}}{{- end -}}{{- end -}}
{{- if $rules -}}{{- $exceptions = append $exceptions (merge (dict "rules" $rules) (omit $exception "rules")) -}}{{- end -}}
{{- end -}}
{{- with $exceptions -}}{{- $_ := set $spec "exceptions" . -}}{{- end -}}
{{- $policies = append $policies $policy -}}
{{- end -}}
{{- end -}}
{{- toYaml $policies -}}
{{- end -}}
