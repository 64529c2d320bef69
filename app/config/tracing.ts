// Settings of the traces that are sent to a collector of OpenTelemetry. Their variables have the names that
// every OpenTelemetry SDK knows.
import { z } from 'zod';
import { address, number, setting, text } from './fields.ts';

export const tracing = z.strictObject({
  url: setting(address.optional(), {
    description:
      'Collector of OpenTelemetry, by OTLP over HTTP (JSON); spans go to `/v1/traces` below it. Without it nothing is traced.',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    unit: 'http(s) address',
    unset: 'no traces',
  }),
  headers: setting(text.optional(), {
    description: 'Headers of every call to the collector; best set by its variable.',
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    unit: '`name=value`, several separated by commas',
    unset: 'none',
    secret: true,
  }),
  service: setting(text.default('millrace'), {
    description: 'Name of the service in the traces.',
    env: 'OTEL_SERVICE_NAME',
    unit: 'text',
  }),
  share: setting(number(0, 1).default(1), {
    description:
      'Share of the traces begun here that are recorded. A trace that begins elsewhere is recorded if its context says so.',
    env: 'OTEL_TRACES_SAMPLER_ARG',
    unit: '0 to 1',
  }),
});
