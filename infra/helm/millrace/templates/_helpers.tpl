{{- define "millrace.name" -}}
{{- if contains "millrace" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-millrace" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "millrace.labels" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "millrace.selector" -}}
app.kubernetes.io/name: millrace
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "millrace.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "millrace.name" .) }}
{{- end }}

{{/* A login from a Secret: the name as a variable, the password as a file. */}}
{{- define "millrace.login" -}}
- name: {{ .variable }}_USERNAME
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: username } }
- name: {{ .variable }}_PASSWORD_FILE
  value: /etc/millrace/secrets/{{ .folder }}/password
{{- end }}

{{- define "millrace.env" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- { name: KAFKA_BROKERS, value: {{ required "kafka.brokers: the bootstrap addresses are wanted" .Values.kafka.brokers | quote }} }
- { name: SCHEMA_REGISTRY_URL, value: {{ required "registry.url: the address of the schema registry is wanted" .Values.registry.url | quote }} }
- { name: MILLRACE_PARTITIONS, value: {{ .Values.partitions | quote }} }
- { name: SESSION_TIMEOUT_MS, value: {{ .Values.sessionTimeoutMs | int | quote }} }
- { name: STATE_STORE, value: {{ .Values.state.store | quote }} }
- { name: MILLRACE_CONFIG, value: /etc/millrace/millrace.yaml }
{{- with .Values.topicPrefix }}
- { name: TOPIC_PREFIX, value: {{ . | quote }} }
{{- end }}
{{- if .Values.kafka.ssl }}
- { name: KAFKA_SSL, value: "true" }
{{- end }}
{{- with .Values.kafka.ca }}{{ if .secret }}
- { name: KAFKA_SSL_CA, value: /etc/millrace/secrets/ca/{{ .key }} }
{{- end }}{{ end }}
{{- with .Values.kafka.sasl }}{{ if .secret }}
- { name: KAFKA_SASL_MECHANISM, value: {{ .mechanism | quote }} }
{{ include "millrace.login" (dict "variable" "KAFKA_SASL" "secret" .secret "folder" "kafka") }}
{{- end }}{{ end }}
{{- with .Values.registry.secret }}
{{ include "millrace.login" (dict "variable" "SCHEMA_REGISTRY" "secret" . "folder" "registry") }}
{{- end }}
{{- with .Values.clickhouse }}{{ if .url }}
- { name: CLICKHOUSE_URL, value: {{ .url | quote }} }
{{- with .cluster }}
- { name: CLICKHOUSE_CLUSTER, value: {{ . | quote }} }
{{- end }}
{{- with .secret }}
{{ include "millrace.login" (dict "variable" "CLICKHOUSE" "secret" . "folder" "clickhouse") }}
{{- end }}
{{- end }}{{ end }}
{{- if .Values.api.tokensSecret }}
- { name: MILLRACE_API_TOKENS_FILE, value: /etc/millrace/secrets/tokens/tokens.json }
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Secrets that are mounted: folder, name. */}}
{{- define "millrace.secrets" -}}
{{- $all := dict }}
{{- with .Values.kafka.ca.secret }}{{ $_ := set $all "ca" . }}{{ end }}
{{- with .Values.kafka.sasl.secret }}{{ $_ := set $all "kafka" . }}{{ end }}
{{- with .Values.registry.secret }}{{ $_ := set $all "registry" . }}{{ end }}
{{- if .Values.clickhouse.url }}{{ with .Values.clickhouse.secret }}{{ $_ := set $all "clickhouse" . }}{{ end }}{{ end }}
{{- with .Values.api.tokensSecret }}{{ $_ := set $all "tokens" . }}{{ end }}
{{- toJson $all }}
{{- end }}
