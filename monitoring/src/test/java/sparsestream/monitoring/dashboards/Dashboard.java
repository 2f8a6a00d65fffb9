package sparsestream.monitoring.dashboards;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * A dashboard with a variable, stat panels on top, pictures below if it has any, and two columns of panels below that.
 *
 * @param uid in its address, and the name of its file
 * @param models a selector of series whose label has the names to choose from
 * @param annotations marks on the time axis
 * @param pictures for each of the models
 */
record Dashboard(
        String uid,
        String title,
        String description,
        String models,
        List<Annotation> annotations,
        Optional<Pictures> pictures,
        List<Panel> stats,
        List<Panel> panels) {
    /** A mark wherever the expression is above 0; shown from the start or when asked for. */
    record Annotation(String name, String expression, String color, boolean shown) {}

    private static final int WIDTH = 24;
    private static final int STAT_HEIGHT = 4;
    private static final int PANEL_HEIGHT = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("uid", uid).put("title", title).put("description", description);
        root.putArray("tags").add("sparsestream");
        root.put("schemaVersion", 39).put("version", 1).put("editable", false).put("graphTooltip", 1);
        root.put("refresh", "5s").put("timezone", "browser");
        root.putObject("time").put("from", "now-15m").put("to", "now");
        ObjectNode links = root.putArray("links").addObject();
        links.put("type", "dashboards")
                .put("title", "")
                .put("includeVars", true)
                .put("keepTime", true);
        links.putArray("tags").add("sparsestream");
        ArrayNode marks = root.putObject("annotations").putArray("list");
        annotations.forEach(annotation -> add(marks.addObject(), annotation));
        ArrayNode variables = root.putObject("templating").putArray("list");
        addModel(variables.addObject());
        pictures.ifPresent(shown -> addSampler(variables.addObject()));
        ArrayNode all = root.putArray("panels");
        int statWidth = WIDTH / stats.size();
        for (int i = 0; i < stats.size(); i++) {
            add(all, stats.get(i), i * statWidth, 0, statWidth, STAT_HEIGHT);
        }
        pictures.ifPresent(shown -> add(all, shown, STAT_HEIGHT));
        int above = STAT_HEIGHT + (pictures.isPresent() ? PANEL_HEIGHT : 0);
        for (int i = 0; i < panels.size(); i++) {
            int top = above + i / 2 * PANEL_HEIGHT;
            add(all, panels.get(i), i % 2 * WIDTH / 2, top, WIDTH / 2, PANEL_HEIGHT);
        }
        return write(root);
    }

    private static void add(ObjectNode node, Annotation annotation) {
        datasource(node);
        node.put("name", annotation.name()).put("enable", annotation.shown()).put("iconColor", annotation.color());
        node.put("expr", annotation.expression()).put("step", "5s").put("titleFormat", annotation.name());
        node.put("textFormat", "{{model}}").put("tagKeys", "model");
    }

    private void addModel(ObjectNode node) {
        datasource(node);
        node.put("name", "model").put("label", "Model").put("type", "query");
        node.put("query", "label_values(" + models + ", model)")
                .put("refresh", 2)
                .put("sort", 1);
        node.put("multi", true).put("includeAll", true).put("allValue", ".*");
        ObjectNode current = node.putObject("current");
        current.put("text", "All").put("value", "$__all");
    }

    /** Where the port of Docker Compose is unless told otherwise. */
    private static void addSampler(ObjectNode node) {
        String address = "http://localhost:8080";
        node.put("name", "sampler_url").put("label", "Sampler").put("type", "textbox");
        node.put(
                "description",
                "Address of the sampler as your browser reaches it, with http:// and without a slash at the end");
        node.put("query", address);
        node.putObject("current").put("text", address).put("value", address);
        node.putArray("options")
                .addObject()
                .put("selected", true)
                .put("text", address)
                .put("value", address);
    }

    private static void add(ArrayNode panels, Pictures pictures, int y) {
        ObjectNode node = panels.addObject();
        node.put("id", panels.size()).put("type", "text").put("title", pictures.title());
        node.put("description", pictures.description());
        node.putObject("gridPos").put("x", 0).put("y", y).put("w", WIDTH).put("h", PANEL_HEIGHT);
        node.put("repeat", "model").put("repeatDirection", "h").put("maxPerRow", 2);
        node.putObject("options").put("mode", "html").put("content", pictures.html());
    }

    private static void add(ArrayNode panels, Panel panel, int x, int y, int width, int height) {
        ObjectNode node = panels.addObject();
        node.put("id", panels.size()).put("type", panel.kind()).put("title", panel.title());
        node.put("description", panel.description());
        datasource(node);
        node.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
        ObjectNode defaults = node.putObject("fieldConfig").putObject("defaults");
        defaults.put("unit", panel.unit());
        defaults.putObject("color").put("mode", panel.kind().equals("stat") ? "thresholds" : "palette-classic");
        ArrayNode steps =
                defaults.putObject("thresholds").put("mode", "absolute").putArray("steps");
        for (Panel.Threshold threshold : panel.thresholds()) {
            ObjectNode step = steps.addObject().put("color", threshold.color());
            if (Double.isInfinite(threshold.from())) {
                step.putNull("value");
            } else {
                step.put("value", threshold.from());
            }
        }
        if (panel.kind().equals("stat")) {
            ObjectNode options = node.putObject("options").put("colorMode", "background");
            options.putObject("reduceOptions").putArray("calcs").add("lastNotNull");
        } else {
            ObjectNode custom = defaults.putObject("custom").put("spanNulls", false);
            custom.putObject("thresholdsStyle").put("mode", panel.thresholds().size() > 1 ? "line" : "off");
            node.putObject("options").putObject("tooltip").put("mode", "multi");
        }
        ArrayNode targets = node.putArray("targets");
        for (Panel.Query query : panel.queries()) {
            ObjectNode target = targets.addObject().put("refId", String.valueOf((char) ('A' + targets.size() - 1)));
            datasource(target);
            target.put("expr", query.expression()).put("legendFormat", query.legend());
        }
    }

    private static void datasource(ObjectNode node) {
        node.putObject("datasource").put("type", "prometheus").put("uid", "prometheus");
    }

    private static String write(ObjectNode root) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        try {
            return JSON.writer(printer).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
