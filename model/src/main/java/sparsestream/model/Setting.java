package sparsestream.model;

/**
 * One thing that can be set about a model.
 *
 * @param name on the command line, without the dashes
 * @param kind when it may be set
 * @param valueName what stands for the value in help, such as {@code STEPS}
 * @param description one sentence, without its default
 */
public record Setting(String name, Kind kind, String valueName, String description) {
    /** When a setting may be set. */
    public enum Kind {
        /** Once, when the run begins: the shape of the model. */
        ARCHITECTURE,
        /** From a recorded step on: how the model learns. */
        RECIPE
    }
}
