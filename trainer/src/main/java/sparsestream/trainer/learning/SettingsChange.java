package sparsestream.trainer.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import sparsestream.contract.TrainingEvent;
import sparsestream.model.ModelConfig;
import sparsestream.model.Setting;
import sparsestream.model.Settings;

/**
 * What is asked for beside what a model has learned with so far.
 *
 * @param settings that differ, by their names on the command line
 */
record SettingsChange(Map<String, Values> settings) {
    /** The value of one setting; empty where it is not set. */
    record Values(Optional<String> before, Optional<String> now) {}

    static SettingsChange between(Settings before, Settings now) {
        Map<String, Values> differing = new LinkedHashMap<>();
        Settings all = before.with(now);
        for (String name : all.values().keySet()) {
            Values values = new Values(
                    Optional.ofNullable(before.values().get(name)),
                    Optional.ofNullable(now.values().get(name)));
            if (!values.before().equals(values.now())) {
                differing.put(name, values);
            }
        }
        return new SettingsChange(differing);
    }

    boolean isNone() {
        return settings.isEmpty();
    }

    /** Whether a model can go on with it: how it learns has changed, and not what it is. */
    boolean isOfRecipe(ModelConfig model) {
        return settings.keySet().stream().allMatch(name -> model.knobs().stream()
                .anyMatch(knob -> knob.name().equals(name) && knob.kind() == Setting.Kind.RECIPE));
    }

    /** A line for each setting, in the words of the command line. */
    String lines() {
        return settings.entrySet().stream()
                .map(setting -> "  --%s is %s, not %s"
                        .formatted(
                                setting.getKey(),
                                setting.getValue().before().orElse("not set"),
                                setting.getValue().now().orElse("not set")))
                .collect(Collectors.joining("\n"));
    }

    /** As the event and the state's history tell it. */
    ObjectNode toJson(long step) {
        ObjectNode json = TrainingEvent.newData().put("step", step);
        ObjectNode changed = json.putObject("settings");
        settings.forEach((name, values) -> changed.putObject(name)
                .put("from", values.before().orElse(null))
                .put("to", values.now().orElse(null)));
        return json;
    }
}
