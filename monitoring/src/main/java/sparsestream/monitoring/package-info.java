/**
 * What an operator sees of a service: {@linkplain sparsestream.monitoring.Metrics meters},
 * {@linkplain sparsestream.monitoring.Health health checks}, and the
 * {@linkplain sparsestream.monitoring.MonitoringServer HTTP server} that shows both.
 */
package sparsestream.monitoring;
