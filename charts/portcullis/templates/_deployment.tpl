{{/* The Deployment of webhook or controller: `component` says which, and where its values, its variables and its files are. */}}
{{- define "portcullis.deployment" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- $own := index .root.Values .component -}}
{{- $files := include (printf "portcullis.%s.files" .component) .root | fromYaml -}}
{{- $autoscaled := and $own.autoscaling $own.autoscaling.enabled -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "portcullis.metadata" (dict "root" .root "component" .component "name" (printf "%s-%s" (include "portcullis.fullname" .root) .component) "annotations" $own.deploymentAnnotations) | nindent 2 }}
spec:
  {{- if not $autoscaled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  revisionHistoryLimit: {{ .root.Values.revisionHistoryLimit }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "portcullis.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "portcullis.labels" . | nindent 8 }}
        {{- with $own.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .component }}
        {{- with .root.Values.commonAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with $own.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "portcullis.serviceAccount" . }}
      automountServiceAccountToken: true
      # A Service called portcullis-… would put variables beside ours.
      enableServiceLinks: false
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with default .root.Values.priorityClassName $own.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- if $own.hostNetwork }}
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      {{- end }}
      terminationGracePeriodSeconds: {{ $own.terminationGracePeriodSeconds }}
      securityContext:
        {{- toYaml .root.Values.podSecurityContext | nindent 8 }}
      {{- with $own.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.topologySpread }}
      topologySpreadConstraints:
        {{- range . }}
        {{- $which := dict "labelSelector" (dict "matchLabels" (include "portcullis.selectorLabels" $ | fromYaml)) "matchLabelKeys" (list "pod-template-hash") }}
        {{- toYaml (list (merge $which .)) | nindent 8 }}
        {{- end }}
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ include "portcullis.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args:
            - dist/{{ .component }}/main.js
            {{- with $own.extraArgs }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          env:
            {{- include (printf "portcullis.%s.variables" .component) .root | trim | nindent 12 }}
            {{- with $own.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $own.extraEnvFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            {{- if eq .component "webhook" }}
            - name: https
              containerPort: {{ $own.port }}
              protocol: TCP
            {{- end }}
            - name: probes
              containerPort: {{ $own.probePort }}
              protocol: TCP
          startupProbe:
            httpGet:
              path: /healthz
              port: probes
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /healthz
              port: probes
            {{- toYaml $own.livenessProbe | nindent 12 }}
          readinessProbe:
            httpGet:
              path: /readyz
              port: probes
            {{- toYaml $own.readinessProbe | nindent 12 }}
          resources:
            {{- toYaml $own.resources | nindent 12 }}
          securityContext:
            {{- toYaml .root.Values.securityContext | nindent 12 }}
          {{- with concat $files.mounts $own.extraVolumeMounts }}
          volumeMounts:
            {{- toYaml . | nindent 12 }}
          {{- end }}
        {{- with $own.extraContainers }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with concat $files.volumes $own.extraVolumes }}
      volumes:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
