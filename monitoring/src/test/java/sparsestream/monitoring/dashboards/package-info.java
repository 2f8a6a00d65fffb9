/**
 * The Grafana dashboards as code: {@linkplain sparsestream.monitoring.dashboards.Dashboards what they show}, written as JSON to
 * {@code monitoring/grafana/dashboards}.
 */
package sparsestream.monitoring.dashboards;
