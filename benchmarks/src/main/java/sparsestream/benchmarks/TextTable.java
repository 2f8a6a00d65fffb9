package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in Markdown, columns aligned: the first to the left, those of numbers to the right. */
final class TextTable {
    private final List<String> header;
    private final int leftColumns;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param leftColumns how many columns hold words */
    TextTable(int leftColumns, String... header) {
        this.leftColumns = leftColumns;
        this.header = List.of(header);
    }

    void add(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + header.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add(line(header));
        lines.add(line(IntStream.range(0, header.size()).mapToObj(this::rule).toList()));
        rows.forEach(row -> lines.add(line(row)));
        return String.join("\n", lines);
    }

    private String rule(int column) {
        int dashes = Math.max(3, width(column));
        return column < leftColumns ? "-".repeat(dashes) : "-".repeat(dashes - 1) + ":";
    }

    private String line(List<String> cells) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> pad(cells.get(column), column))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String pad(String cell, int column) {
        String blanks = " ".repeat(Math.max(3, width(column)) - cell.length());
        return column < leftColumns ? cell + blanks : blanks + cell;
    }

    private int width(int column) {
        int widest = header.get(column).length();
        for (List<String> row : rows) {
            widest = Math.max(widest, row.get(column).length());
        }
        return widest;
    }
}
