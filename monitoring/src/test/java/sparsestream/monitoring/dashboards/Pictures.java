package sparsestream.monitoring.dashboards;

/**
 * A panel for each model, that shows pictures.
 *
 * @param html of one, in which Grafana replaces {@code ${model}} and other variables; it takes out what it thinks dangerous, such as
 *     scripts, and styles that it does not know
 */
record Pictures(String title, String description, String html) {}
