package sparsestream.model.layers;

import java.util.ArrayList;
import java.util.List;

/** Widths of layers. */
public final class Widths {
    private static final int MAX = 1 << 16;

    private Widths() {}

    public static void check(List<Integer> hidden, int latent) {
        if (hidden.isEmpty() || hidden.stream().anyMatch(w -> w < 1 || w > MAX)) {
            throw new IllegalArgumentException(
                    "widths of hidden layers must be between 1 and " + MAX + ", got " + hidden);
        }
        if (latent < 1 || latent > MAX) {
            throw new IllegalArgumentException("latent dimensions must be between 1 and " + MAX + ", got " + latent);
        }
    }

    public static List<Integer> of(int input, List<Integer> hidden, int output) {
        List<Integer> widths = new ArrayList<>();
        widths.add(input);
        widths.addAll(hidden);
        widths.add(output);
        return widths;
    }

    public static List<Integer> reversed(List<Integer> widths) {
        List<Integer> reversed = new ArrayList<>(widths);
        java.util.Collections.reverse(reversed);
        return reversed;
    }
}
