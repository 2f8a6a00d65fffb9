package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftDetectorTest {
    @TempDir
    Path directory;

    /** Noise around a mean that falls, stays, and jumps up at 1500 and 2500. */
    private static double[] stream(long seed) {
        Random random = new Random(seed);
        double[] values = new double[3_500];
        for (int i = 0; i < values.length; i++) {
            double mean = 0.5 + Math.exp(-i / 200.0) + (i >= 1500 ? 0.15 : 0) + (i >= 2500 ? 0.1 : 0);
            values[i] = mean + 0.03 * random.nextGaussian();
        }
        return values;
    }

    private static PageHinkley pageHinkley() {
        return new PageHinkley(0.01, 0.6, 0.99);
    }

    @Test
    void pageHinkleyRaisesTheAlarmsThatNumpyFinds() throws Exception {
        Python.assumeItIsThere();
        double[] values = stream(1);
        double[] expected = new Python(directory).put("x", values).run("""
                x, alarms, start = doubles('x', -1), [], 0
                for t in range(len(x)):
                    seen = x[start:t + 1]
                    n = len(seen)
                    # The mean after each value, by its definition, and the sums of what exceeds it.
                    means = np.array([np.average(seen[:i + 1], weights=0.99 ** np.arange(i, -1, -1)) for i in range(max(0, n - 1), n)])
                    if n == 1: m, low = 0.0, 0.0
                    m += seen[-1] - means[-1] - 0.01
                    low = min(low, m)
                    if n >= 30 and m - low > 0.6:
                        alarms.append(t)
                        start = t + 1
                print(*alarms)
                """);
        PageHinkley test = pageHinkley();
        assertThat(alarms(values, test::add)).isEqualTo(expected).hasSize(2);
        assertThat(expected[0]).isBetween(1500.0, 1530.0);
        assertThat(expected[1]).isBetween(2500.0, 2530.0);
    }

    @Test
    void adwinCutsWhereTheSameRuleOnRawValuesDoes() throws Exception {
        Python.assumeItIsThere();
        double[] values = stream(2);
        double[] expected = new Python(directory).put("x", values).run("""
                rows, alarms, widths = [[]], [], []
                for t, value in enumerate(doubles('x', -1)):
                    rows[0].append(np.array([value]))
                    i = 0
                    while i < len(rows) and len(rows[i]) > 5:
                        if i + 1 == len(rows): rows.append([])
                        rows[i + 1].append(np.concatenate([rows[i].pop(0), rows[i].pop(0)]))
                        i += 1
                    risen = False
                    window = [bucket for row in reversed(rows) for bucket in row]
                    while (t + 1) % 32 == 0 and sum(map(len, window)) > 10:
                        whole = np.concatenate(window)
                        log = np.log(2 * np.log(len(whole)) / 0.002)
                        found = False
                        for old in np.cumsum([len(bucket) for bucket in window]):
                            if old < 5 or len(whole) - old < 5: continue
                            m = 1 / (1 / old + 1 / (len(whole) - old))
                            rise = whole[old:].mean() - whole[:old].mean()
                            if abs(rise) > np.sqrt(2 / m * whole.var() * log) + 2 / 3 / m * log:
                                found, risen = True, risen or rise > 0
                                break
                        if not found: break
                        window.pop(0)
                        last = max(i for i in range(len(rows)) if rows[i])
                        rows[last].pop(0)
                        rows = rows[:last + 1]
                    if risen: alarms.append(t)
                    widths.append(sum(len(bucket) for row in rows for bucket in row))
                print(len(alarms), *alarms, *widths)
                """);
        Adwin adwin = new Adwin(0.002);
        double[] widths = new double[values.length];
        double[] alarms = new double[values.length];
        int raised = 0;
        for (int i = 0; i < values.length; i++) {
            if (adwin.add(values[i])) {
                alarms[raised++] = i;
            }
            widths[i] = adwin.width();
        }
        assertThat((double) raised).isEqualTo(expected[0]).isGreaterThanOrEqualTo(2);
        assertThat(Arrays.copyOf(alarms, raised)).isEqualTo(Arrays.copyOfRange(expected, 1, 1 + raised));
        assertThat(widths).isEqualTo(Arrays.copyOfRange(expected, 1 + raised, expected.length));
    }

    private interface Detector {
        boolean add(double value);
    }

    private static double[] alarms(double[] values, Detector detector) {
        return java.util.stream.IntStream.range(0, values.length)
                .filter(i -> detector.add(values[i]))
                .asDoubleStream()
                .toArray();
    }

    @Test
    void aFallingLossRaisesNoAlarm() {
        Random random = new Random(4);
        PageHinkley test = pageHinkley();
        Adwin adwin = new Adwin(0.002);
        for (int i = 0; i < 5_000; i++) {
            double value = Math.exp(-i / 300.0) + 0.03 * random.nextGaussian();
            assertThat(test.add(value)).isFalse();
            assertThat(adwin.add(value)).isFalse();
        }
        assertThat(adwin.width()).isBetween(1_000L, 5_000L);
    }

    @Test
    void aRestoredDetectorGoesOnAsIfNothingHadBeen() {
        double[] values = stream(3);
        PageHinkley test = pageHinkley();
        Adwin adwin = new Adwin(0.002);
        for (int i = 0; i < values.length; i++) {
            if (i % 97 == 0) {
                PageHinkley restoredTest = pageHinkley();
                restoredTest.restore(test.state());
                Adwin restored = new Adwin(0.002);
                restored.restore(adwin.state());
                for (int j = i; j < Math.min(values.length, i + 200); j++) {
                    restoredTest.add(values[j]);
                    restored.add(values[j]);
                }
                PageHinkley undisturbedTest = pageHinkley();
                undisturbedTest.restore(pageHinkley().state());
                Adwin undisturbed = new Adwin(0.002);
                for (int j = 0; j < Math.min(values.length, i + 200); j++) {
                    undisturbedTest.add(values[j]);
                    undisturbed.add(values[j]);
                }
                assertThat(restoredTest.state()).isEqualTo(undisturbedTest.state());
                assertThat(restored.state()).isEqualTo(undisturbed.state());
            }
            test.add(values[i]);
            adwin.add(values[i]);
        }
    }

    @Test
    void whatIsNoStateIsRefused() {
        assertThatThrownBy(() -> pageHinkley().restore(new double[4])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Adwin(0.1).restore(new double[3])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Adwin(0.1).restore(new double[] {1, 99, 0, 0}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Adwin(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PageHinkley(0, 0, 0.9)).isInstanceOf(IllegalArgumentException.class);
    }
}
